/**
 * Settings, read once from the environment. All problems are reported together, by name and expectation;
 * values are never printed, since some are secrets. `main.ts` files pass `process.env`; nothing else reads it.
 */
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expireDaysOf, resources } from '@wavefleet/contracts/resources.ts';
import type { UploadMode } from '@wavefleet/contracts/uploads.ts';
import { z } from 'zod';
import { type Expect, flag, httpUrl, MIB, name, secret, whole, wholeNumber } from './settings/kinds.ts';
import { limitSettings } from './settings/limits.ts';
import { expectOfMail, mailSettings } from './settings/mail.ts';
import { expectOfPeople, peopleSettings } from './settings/people.ts';
import { expectOfPlans, planSettings } from './settings/plans.ts';
import { expectOfRedis, redisSettings } from './settings/redis.ts';
import { expectOfResources, resourceSettings } from './settings/resources.ts';
import { isThisMachine } from './settings/this-machine.ts';

const settings = z.object({
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'trace, debug, info, warn, error or silent')
    .default('info'),
  /** What this process is called in its log lines and in the leases that it takes. Default: the machine's name. */
  INSTANCE_NAME: name.max(128, 'at most 128 characters').default(hostname()),
  AWS_REGION: name.default('us-east-1'),
  /** One endpoint for every service: an emulator. Unset means AWS itself. */
  AWS_ENDPOINT_URL: httpUrl.optional(),
  /** Long-lived keys, as emulators want them. Unset: the SDK's own chain finds the task role. */
  AWS_ACCESS_KEY_ID: secret(name.optional()),
  AWS_SECRET_ACCESS_KEY: secret(name.optional()),
  AWS_SESSION_TOKEN: secret(name.optional()),
  /** What browsers use in presigned URLs when it differs from AWS_ENDPOINT_URL (Compose). */
  S3_PUBLIC_ENDPOINT_URL: httpUrl.optional(),
  /** Whether browsers can reach S3, and so send parts of uploads there; else they go through the API. */
  S3_BROWSER_ACCESS: flag(true),
  S3_BUCKET: name,
  JOBS_TABLE: name,
  PROGRESS_TABLE: name,
  UPLOADS_TABLE: name,
  ACCOUNTS_TABLE: name,
  JOBS_QUEUE_URL: httpUrl,
  JOBS_DLQ_URL: httpUrl,
  DROPS_QUEUE_URL: httpUrl,
  DROPS_DLQ_URL: httpUrl,
  EVENT_BUS: name,
  WEBHOOKS_TABLE: name,
  /** Ends of jobs and wake-ups of deliveries, for notifiers. */
  NOTICES_QUEUE_URL: httpUrl,
  NOTICES_DLQ_URL: httpUrl,
  /** Set by ECS itself in every task: the agent, which is asked for scale-in protection while jobs run. */
  ECS_AGENT_URI: httpUrl.optional(),
  ...redisSettings,

  /** Loopback unless said otherwise: containers set 0.0.0.0. */
  HOST: name.default('127.0.0.1'),
  PORT: whole(3000, 0, 65_535),
  /** Names that the API answers for besides addresses and localhost: see `api/src/http/hosts.ts`. */
  ALLOWED_HOSTS: z
    .string()
    .regex(/^\s*(\*|(\*\.)?[\w.-]+)(\s*,\s*(\*|(\*\.)?[\w.-]+))*\s*$/, 'names with commas between them, or *')
    .optional(),
  /**
   * After SIGTERM the API takes requests for so long as before: a load balancer goes on sending some until all of it
   * knows that this process leaves. Nobody sends any to a single machine's.
   */
  API_CLOSE_DELAY_MS: whole(0, 0, 110_000),
  /** Then requests under way, such as uploads, may take so long to finish. */
  API_CLOSE_DEADLINE_MS: whole(10_000, 0, 110_000),
  /** Of a file in one request; the API has no second try at such a body. */
  MAX_UPLOAD_BYTES: whole(105 * MIB, 1),
  /** Of a file that comes in parts, or into the bucket: the largest that is converted. */
  MAX_RESUMABLE_UPLOAD_BYTES: whole(5 * 1024 * MIB, 1),
  /** A chunked upload that is not finished by then is given up. S3 itself drops its parts at last after some days. */
  UPLOAD_EXPIRY_HOURS: whole(24, 2, resources.bucket.abortIncompleteMultipartDays * 24),
  /** The built page. Default: `web/dist` of this repository; a folder that is not there means no page. */
  WEB_DIR: name.optional(),
  /** How long a result stays after the download that deletes it, for clients that lost its end on the way. */
  DELETE_GRACE_MS: whole(60_000, 0, 3_600_000),
  /** Of records; their results go no later than by the bucket's own rule. */
  JOB_RETENTION_DAYS: whole(30, 1, 3650),
  /**
   * An upload goes so long after the last of its jobs has ended; one that no job reads, by the bucket's own rule. No job
   * may promise more than that rule leaves.
   */
  UPLOAD_KEEP_DAYS: whole(7, 0, expireDaysOf(resources.bucket.prefixes.uploads)),

  /** SQS hides a received message this long; every heartbeat renews it. */
  VISIBILITY_TIMEOUT_MS: whole(60_000, 1000, 43_200_000),
  HEARTBEAT_MS: whole(20_000, 100),
  /** How long a claim on the record holds without a heartbeat. Below the visibility timeout. */
  LEASE_MS: whole(45_000, 500),
  /** What was not sent while a service was away is sent so long after its return, and a quarter of it more at worst. */
  SWEEP_INTERVAL_MS: whole(10_000, 100),
  /** A dispatched job that nobody claimed is dispatched again after this, doubling each time up to 1 h. */
  REDISPATCH_AFTER_MS: whole(300_000, 1000),
  /** After SIGTERM, jobs that end within this are finished; the others are handed over at once. */
  DRAIN_TIMEOUT_MS: whole(20_000, 0, 110_000),
  /** First delay of a transient failure's retry; it doubles, with equal jitter, up to 5 min. */
  RETRY_BASE_MS: whole(5000, 1),
  /** For so long a job is tried again whose services or machines are in trouble. */
  TROUBLE_DEADLINE_MS: whole(86_400_000, 1_000),
  /** First pause before a worker's AWS call is tried again; it doubles, with equal jitter, up to 10 s. */
  AWS_RETRY_BASE_MS: whole(1000, 1, 10_000),
  /** SQS long poll. Short on emulators, where a killed worker's poll may swallow a message. */
  POLL_WAIT_SECONDS: whole(20, 0, 20),
  /** Conversions at once in one worker process. */
  WORKER_CONCURRENCY: whole(availableParallelism(), 1, 64),
  /** What a process of the worker's image does: `notifier` sends webhooks and e-mails, and converts nothing. */
  WORKER_ROLE: z.enum(['worker', 'notifier'], 'worker or notifier').default('worker'),
  /** Webhooks and e-mails that one notifier sends at once. */
  NOTIFIER_CONCURRENCY: whole(16, 1, 100),
  /** Whether webhooks may go to this machine, private networks, any port and over plain HTTP: for fleets of one's own. */
  WEBHOOK_PRIVATE_ADDRESSES: flag(false),
  /** First pause before a webhook is tried again; it doubles, with equal jitter, up to an hour, for a day. */
  WEBHOOK_RETRY_BASE_MS: whole(5_000, 1),
  WORK_DIR: name.default(join(tmpdir(), 'wavefleet')),
  /** A file that the worker touches every 5 s while it lives, for health checks of containers. Unset: none. */
  LIVENESS_FILE: name.optional(),
  FFMPEG_PATH: name.default('ffmpeg'),
  FFPROBE_PATH: name.default('ffprobe'),
  /** The launcher that holds FFmpeg in (`audio/sandbox`). Unset: setpriv and prlimit of the system, which hold less. */
  SANDBOX_LAUNCHER: name.optional(),
  /** Address space of one FFmpeg process. */
  FFMPEG_MEMORY_BYTES: whole(1_500_000_000, 100_000_000),
  MAX_OUTPUT_BYTES: whole(4 * 1024 * MIB, MIB),
  /** What one job may put on the worker's disk, its source included. Unset: the largest source and the largest result. */
  MAX_TEMP_BYTES: wholeNumber(MIB).optional(),
  MAX_DURATION_SECONDS: whole(43_200, 1),
  /** Whether several FFmpegs at once make one long result, while cores are idle and no job waits. */
  SPLIT_LONG_FILES: flag(true),
  /** Only results for which one FFmpeg would need so long, by expectation. */
  SPLIT_MIN_ENCODE_MS: whole(2_000, 0),
  /** From so many seconds of sound on segments are kept, and other workers help; 0: never. */
  FLEET_SPLIT_MIN_SECONDS: whole(7_200, 0),
  /** FFmpeg is stopped when it has not moved for this long. */
  STALL_TIMEOUT_MS: whole(30_000, 1000),

  ...limitSettings,
  ...mailSettings,
  ...peopleSettings,
  ...planSettings,
  ...resourceSettings,

  /** Opens the debug routes from everywhere; without it they answer this machine alone. */
  DEBUG_TOKEN: secret(z.string().min(16, 'at least 16 characters').optional()),
  /** Beyond this many waiting messages the API takes no upload and no job. SQS counts roughly. */
  MAX_WAITING_JOBS: whole(100_000, 1),
  /**
   * Under this name one API publishes how loaded the fleet is, as metrics in its log (CloudWatch's embedded metric
   * format). Unset: nobody does, since nobody scales by it.
   */
  METRICS_NAMESPACE: z
    .string()
    .regex(/^[\w.\-/#]{1,255}$/, 'letters, digits and . - _ / #, at most 255')
    .optional(),
  METRICS_EVERY_MS: whole(20_000, 100),
  /** Workers are scaled so that a waiting job starts within this time. */
  TARGET_LATENCY_SECONDS: whole(60, 1, 86_400),
  /** What a job takes, until enough of them have ended to be measured. */
  MEAN_JOB_SECONDS: whole(15, 1, 86_400),
});

/** Every setting there is, by its environment name. */
export const settingNames: readonly string[] = Object.keys(settings.shape);

/** Defaults that depend on other settings. */
const schema = settings.transform(({ MAX_TEMP_BYTES, ...given }) => ({
  ...given,
  MAX_TEMP_BYTES: MAX_TEMP_BYTES ?? given.MAX_RESUMABLE_UPLOAD_BYTES + given.MAX_OUTPUT_BYTES,
}));

/** All settings, by their environment names. */
export type Config = z.infer<typeof schema>;

/** Rules between settings: each holds or says what was expected. Numbers here are no secrets. */
function crossFieldProblems(config: Config): string[] {
  const problems: string[] = [];
  const expect: Expect = (holds, sentence) => {
    if (!holds) problems.push(sentence);
  };
  expect(
    config.HEARTBEAT_MS * 2 < config.VISIBILITY_TIMEOUT_MS,
    `HEARTBEAT_MS: expected less than half of VISIBILITY_TIMEOUT_MS (${config.VISIBILITY_TIMEOUT_MS}), got ${config.HEARTBEAT_MS}`,
  );
  expect(
    config.HEARTBEAT_MS * 2 < config.LEASE_MS,
    `HEARTBEAT_MS: expected less than half of LEASE_MS (${config.LEASE_MS}), got ${config.HEARTBEAT_MS}`,
  );
  expect(
    config.LEASE_MS < config.VISIBILITY_TIMEOUT_MS,
    `LEASE_MS: expected less than VISIBILITY_TIMEOUT_MS (${config.VISIBILITY_TIMEOUT_MS}), got ${config.LEASE_MS}`,
  );
  expect(
    config.VISIBILITY_TIMEOUT_MS % 1000 === 0,
    `VISIBILITY_TIMEOUT_MS: expected whole seconds, as SQS counts them, got ${config.VISIBILITY_TIMEOUT_MS}`,
  );
  expect(
    config.MAX_RESUMABLE_UPLOAD_BYTES >= config.MAX_UPLOAD_BYTES,
    `MAX_RESUMABLE_UPLOAD_BYTES: expected at least MAX_UPLOAD_BYTES (${config.MAX_UPLOAD_BYTES}), got ${config.MAX_RESUMABLE_UPLOAD_BYTES}`,
  );
  expect(
    config.MAX_TEMP_BYTES > config.MAX_RESUMABLE_UPLOAD_BYTES,
    `MAX_TEMP_BYTES: expected more than MAX_RESUMABLE_UPLOAD_BYTES (${config.MAX_RESUMABLE_UPLOAD_BYTES}), got ${config.MAX_TEMP_BYTES}`,
  );
  expectOfResources(config, expect);
  expectOfPeople(config, expect);
  expectOfRedis(config, expect);
  expectOfPlans(config, expect);
  expectOfMail(config, expect);
  return problems;
}

/** Thrown at start; its message lists every problem, one a line, and no value of a secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the settings. Empty strings count as unset.
 * @throws ConfigError with every problem at once.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => {
        const setting = issue.path.join('.');
        return setting in given ? `${setting}: expected ${issue.message}` : `${setting}: is not set`;
      }),
    );
  }
  const problems = crossFieldProblems(parsed.data);
  if (problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}

/** The settings without secrets, of which only is said whether they are set. */
export function shownSettings(config: Config): Record<string, string | number | boolean> {
  const shown: Record<string, string | number | boolean> = {};
  for (const [name, setting] of Object.entries(settings.shape)) {
    const value = config[name as keyof Config];
    if (value === undefined) continue;
    if (setting.meta()?.secret === true) shown[name] = '(set)';
    else if (typeof value === 'object')
      shown[name] = Object.entries(value)
        .map(([key, part]) => `${key}=${typeof part === 'object' ? JSON.stringify(part) : part}`)
        .join(',');
    else shown[name] = typeof value === 'string' ? value.replace(/^(\w+:\/\/)[^/@]*@/, '$1') : value;
  }
  return shown;
}

/** Which environment the endpoints point at; shown by `/api/health`. */
export function environmentOf(config: Pick<Config, 'AWS_ENDPOINT_URL'>): 'embedded' | 'compose' | 'aws' {
  if (config.AWS_ENDPOINT_URL === undefined) return 'aws';
  return isThisMachine(new URL(config.AWS_ENDPOINT_URL).hostname) ? 'embedded' : 'compose';
}

/** Whether browsers send the parts of an upload straight to S3, or through the API. */
export function uploadModeOf(config: Pick<Config, 'S3_BROWSER_ACCESS'>): UploadMode {
  return config.S3_BROWSER_ACCESS ? 'direct' : 'proxy';
}
