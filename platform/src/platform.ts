/** Everything that api and worker reach the world with, made once from the settings. */
import { type AwsClients, makeAwsClients } from './aws/clients.ts';
import type { RetryPace } from './aws/retry.ts';
import type { Config } from './config.ts';
import { Announcer } from './jobs/announcer.ts';
import { DeadLetters } from './jobs/dead-letters.ts';
import { JobDeliveries } from './jobs/deliveries.ts';
import { Dispatches } from './jobs/dispatches.ts';
import { Duties } from './jobs/duties.ts';
import { EventBus } from './jobs/events.ts';
import { JobHistory } from './jobs/history.ts';
import { JobOutbox } from './jobs/outbox.ts';
import { JobQueue } from './jobs/queue.ts';
import { JobReminders } from './jobs/reminders.ts';
import { JobSegments } from './jobs/segments.ts';
import { JobShares } from './jobs/shares.ts';
import { JobStore } from './jobs/store.ts';
import { JobTransitions } from './jobs/transitions.ts';
import { JobTurns } from './jobs/turns.ts';
import { Usage } from './jobs/usage.ts';
import { Holdings } from './limits/holdings.ts';
import { Rates } from './limits/rates.ts';
import type { Log } from './log/log.ts';
import { WebhookDeliveries } from './notices/deliveries.ts';
import { DueNotices } from './notices/due-notices.ts';
import { WebhookEndpoints } from './notices/endpoints.ts';
import { MailNotices } from './notices/mails.ts';
import { NoticeQueue } from './notices/notice-queue.ts';
import { Accounts } from './people/accounts.ts';
import { ApiKeys } from './people/api-keys.ts';
import { Belongings } from './people/belongings.ts';
import { Erasures } from './people/erasures.ts';
import { OwnPresets } from './people/own-presets.ts';
import { Sessions } from './people/sessions.ts';
import { SignIns } from './people/sign-ins.ts';
import { JobPace } from './progress/pace.ts';
import { openRedis, type RedisPair } from './progress/redis.ts';
import { ProgressStore } from './progress/store.ts';
import { ProcessBoard } from './resources/process-board.ts';
import { AttemptResults } from './storage/attempt-results.ts';
import { ObjectStore } from './storage/objects.ts';
import { PartMemory } from './storage/part-memory.ts';
import { PartStore } from './storage/parts.ts';
import { UploadWriter } from './storage/upload-writer.ts';
import { UploadStore } from './uploads/uploads.ts';

export interface Platform {
  readonly config: Config;
  readonly log: Log;
  readonly aws: AwsClients;
  readonly redis: RedisPair | undefined;
  readonly objects: ObjectStore;
  readonly parts: PartStore;
  readonly uploadWriter: UploadWriter;
  readonly results: AttemptResults;
  readonly jobs: JobStore;
  readonly history: JobHistory;
  readonly transitions: JobTransitions;
  readonly segments: JobSegments;
  readonly reminders: JobReminders;
  /** Notes in the background; settle it before the platform is closed. */
  readonly dispatches: Dispatches;
  readonly outbox: JobOutbox;
  readonly deliveries: JobDeliveries;
  readonly usage: Usage;
  readonly shares: JobShares;
  readonly duties: Duties;
  readonly deadLetters: DeadLetters;
  readonly dropDeadLetters: DeadLetters;
  readonly noticeDeadLetters: DeadLetters;
  readonly uploads: UploadStore;
  readonly apiKeys: ApiKeys;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly signIns: SignIns;
  readonly belongings: Belongings;
  readonly erasures: Erasures;
  readonly presets: OwnPresets;
  readonly progress: ProgressStore;
  readonly queue: JobQueue;
  readonly turns: JobTurns;
  readonly pace: JobPace;
  readonly rates: Rates;
  readonly holdings: Holdings;
  readonly events: EventBus;
  /** Announces in the background; close it before the platform. */
  readonly announcer: Announcer;
  readonly webhooks: WebhookEndpoints;
  readonly webhookDeliveries: WebhookDeliveries;
  readonly mails: MailNotices;
  readonly dueNotices: DueNotices;
  readonly notices: NoticeQueue;
  readonly processes: ProcessBoard;
  /** Ends every connection. Calls after it fail. */
  close(): void;
}

/**
 * Opens no connection by itself, except that Redis connects in the background.
 * @param pace how AWS calls are tried again. Default: as within a request.
 */
export function makePlatform(config: Config, log: Log, pace?: RetryPace): Platform {
  const aws = makeAwsClients(config, log, pace);
  const redis = openRedis(config, aws, log);
  const objects = new ObjectStore(aws, config.S3_BUCKET);
  const parts = new PartStore(aws, config.S3_BUCKET);
  const { JOBS_TABLE: table } = config;
  const jobs = new JobStore(aws.dynamo, table);
  const held = { table, dynamo: aws.dynamoBeat, jobs: new JobStore(aws.dynamoBeat, table) };
  // By then the message of a dead worker is back anyhow: the margin costs no job any time.
  const skewMs = config.VISIBILITY_TIMEOUT_MS - config.LEASE_MS;
  const outbox = new JobOutbox(aws.dynamo, table, jobs, config);
  const reminders = new JobReminders(aws.dynamo, table);
  const turns = new JobTurns(redis);
  const usage = new Usage(aws.dynamo, config);
  const events = new EventBus(aws.eventBridge, config.EVENT_BUS, log);
  return {
    config,
    log,
    aws,
    redis,
    objects,
    parts,
    results: new AttemptResults(aws, objects),
    uploadWriter: new UploadWriter(objects, parts, new PartMemory(config.UPLOAD_BUFFER_BYTES)),
    jobs,
    history: new JobHistory(aws.dynamo, table, log),
    transitions: new JobTransitions({ open: { table, dynamo: aws.dynamo, jobs }, held }, skewMs),
    segments: new JobSegments(held, skewMs),
    reminders,
    dispatches: new Dispatches(jobs, reminders, {
      noteAfterMs: config.HEARTBEAT_MS,
      redispatchAfterMs: config.REDISPATCH_AFTER_MS,
    }),
    deliveries: new JobDeliveries(aws.dynamo, table),
    shares: new JobShares(aws.dynamo, table, jobs),
    duties: new Duties(aws.dynamo, table),
    deadLetters: new DeadLetters(aws.sqs, config.JOBS_DLQ_URL),
    dropDeadLetters: new DeadLetters(aws.sqs, config.DROPS_DLQ_URL),
    noticeDeadLetters: new DeadLetters(aws.sqs, config.NOTICES_DLQ_URL),
    outbox,
    uploads: new UploadStore(aws.dynamo, config.UPLOADS_TABLE),
    apiKeys: new ApiKeys(aws.dynamo, config.ACCOUNTS_TABLE),
    accounts: new Accounts(aws.dynamo, config.ACCOUNTS_TABLE),
    sessions: new Sessions(aws.dynamo, config.ACCOUNTS_TABLE),
    signIns: new SignIns(aws.dynamo, config.ACCOUNTS_TABLE),
    belongings: new Belongings(aws.dynamo, {
      jobs: config.JOBS_TABLE,
      uploads: config.UPLOADS_TABLE,
      accounts: config.ACCOUNTS_TABLE,
    }),
    erasures: new Erasures(aws.dynamo, config.ACCOUNTS_TABLE, 4 * config.SWEEP_INTERVAL_MS),
    presets: new OwnPresets(aws.dynamo, config.ACCOUNTS_TABLE),
    progress: new ProgressStore(redis, aws.dynamo, config.PROGRESS_TABLE),
    turns,
    queue: new JobQueue(aws, { queue: config.JOBS_QUEUE_URL, deadLetters: config.JOBS_DLQ_URL }, turns),
    pace: new JobPace(redis),
    rates: new Rates(redis),
    holdings: new Holdings(redis),
    events,
    usage,
    announcer: new Announcer({ events, objects, outbox, usage, log }),
    webhooks: new WebhookEndpoints(aws.dynamo, config.WEBHOOKS_TABLE),
    webhookDeliveries: new WebhookDeliveries(aws.dynamo, config.WEBHOOKS_TABLE),
    mails: new MailNotices(aws.dynamo, config.WEBHOOKS_TABLE),
    dueNotices: new DueNotices(aws.dynamo, config.WEBHOOKS_TABLE),
    notices: new NoticeQueue(aws.sqs, aws.sqsPoll, config.NOTICES_QUEUE_URL),
    processes: new ProcessBoard(redis),
    close() {
      redis?.close();
      aws.destroy();
    },
  };
}
