/** Files dropped into S3 become jobs: `drops/{preset}/…` and `drops/{alias}/{preset}/…`, one job per version of an object, however often S3 tells. */
import type { Message } from '@aws-sdk/client-sqs';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { jobErrorOf, type ObjectRef } from '@wavefleet/contracts/job.ts';
import { dropResultKey } from '@wavefleet/contracts/keys.ts';
import type { Preset } from '@wavefleet/contracts/presets.ts';
import { setAside } from '@wavefleet/platform/aws/messages.ts';
import { queueNameOf } from '@wavefleet/platform/aws/queue-arn.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import { answerDrop, dropResult } from '@wavefleet/platform/jobs/drop-results.ts';
import { derivedJobId } from '@wavefleet/platform/jobs/ids.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import { ownedDrop } from '@wavefleet/platform/people/drop-owners.ts';
import { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { ResourceMonitor } from '@wavefleet/platform/resources/monitor.ts';
import { refusalIfSeen } from '@wavefleet/platform/storage/early-look.ts';
import { displayName } from '@wavefleet/platform/storage/file-names.ts';
import type { ObjectStore } from '@wavefleet/platform/storage/objects.ts';
import { type CreatedObject, readNotification } from '@wavefleet/platform/storage/s3-event.ts';
import { Consumer } from 'sqs-consumer';
import { refusalByPlan } from './drop-plan.ts';
import { receivesOf } from './messages.ts';
import { pacedPolling } from './paced-polling.ts';

/** S3's own limit (AWS: "Naming Amazon S3 objects"). */
const MAX_KEY_BYTES = 1_024;
/**
 * No record stands behind a notification yet. The receives that `resources.json` allows last for more than a day of
 * trouble and end before SQS forgets the message; then a sweeper sends it again (`platform/src/upkeep/drops-again.ts`).
 */
const PAUSE = { firstMs: 60_000, maxMs: 900_000 };

function pauseSeconds(message: Message | undefined): number {
  return Math.ceil(backoffMs(message === undefined ? 1 : receivesOf(message), PAUSE) / 1000);
}

/**
 * Starts watching the drops queue. Answers the function that ends it.
 * @param resources while one is exhausted, nothing is received.
 */
export function startIntake(
  platform: Platform,
  resources: Pick<ResourceMonitor, 'untilWell'>,
): () => Promise<void> {
  const { config, aws, log } = platform;
  const ending = new AbortController();
  const quotas = new Quotas(platform);
  const consumer = pacedPolling(
    Consumer.create({
      queueUrl: config.DROPS_QUEUE_URL,
      sqs: aws.sqsPoll,
      batchSize: 1,
      visibilityTimeout: config.VISIBILITY_TIMEOUT_MS / 1000,
      waitTimeSeconds: config.POLL_WAIT_SECONDS,
      pollingCompleteWaitTimeMs: (config.POLL_WAIT_SECONDS + 10) * 1000,
      strictReturn: true,
      messageSystemAttributeNames: ['ApproximateReceiveCount'],
      preReceiveMessageCallback: () => resources.untilWell(ending.signal),
      terminateVisibilityTimeout: ([message]) => pauseSeconds(message),
      handleMessage: (message) => handleNotification(platform, quotas, message),
    }).on('message_processed', (message) =>
      log.say('message.deleted', {
        queue: queueNameOf(config.DROPS_QUEUE_URL),
        receives: receivesOf(message),
      }),
    ),
    log,
  );
  consumer.start();
  return async () => {
    const idle = new Promise<void>((resolve) => consumer.once('stopped', () => resolve()));
    consumer.stop();
    ending.abort();
    await idle;
  };
}

/** Answers the message to have it deleted. A throw leaves it for another try after its visibility timeout. */
async function handleNotification(platform: Platform, quotas: Quotas, message: Message): Promise<Message> {
  const { created, unreadable } = readNotification(parseJson(message.Body));
  for (const object of created) await takeIn(platform, quotas, object, message.Body ?? '');
  if (unreadable.length > 0) {
    const reason = unreadable.join('; ');
    platform.log.say('notification.unreadable', {
      messageId: message.MessageId,
      deadLetterQueue: queueNameOf(platform.config.DROPS_DLQ_URL),
      reason,
    });
    await setAside(platform.aws.sqs, platform.config.DROPS_DLQ_URL, message.Body ?? '', reason);
  }
  return message;
}

async function takeIn(
  platform: Platform,
  quotas: Quotas,
  object: CreatedObject,
  body: string,
): Promise<void> {
  const { log, objects, config } = platform;
  const deadLetterQueue = queueNameOf(config.DROPS_DLQ_URL);
  if (object.bucket !== objects.bucket) {
    log.say('notification.foreign', { bucket: object.bucket, deadLetterQueue });
    await setAside(platform.aws.sqs, config.DROPS_DLQ_URL, body, `foreign bucket ${object.bucket}`);
    return;
  }
  const drop = ownedDrop(config, object.key);
  if (drop === undefined) return;
  if (Buffer.byteLength(dropResultKey(object.key)) > MAX_KEY_BYTES) {
    log.say('drop.key-too-long', { key: object.key, deadLetterQueue });
    await setAside(platform.aws.sqs, config.DROPS_DLQ_URL, body, 'key too long for its result file');
    return;
  }
  const input = await storedInput(objects, object);
  const { bucket, key, sequencer } = object;
  const version = object.version || unquoted(input?.etag ?? '');
  // A record says more than that only where it must: every telling of one drop has to make the same record.
  const eventTime = sequencer === '' && object.eventTime !== '' ? object.eventTime : undefined;
  const refuse = async (failure: Failure) => {
    const error = jobErrorOf(failure);
    log.say('drop.refused', { key, code: error.code });
    const told = { etag: input?.etag ?? '', version, sequencer, eventTime };
    await answerDrop(platform, key, dropResult({ status: 'failed', error }, told));
  };
  if (input === undefined) return await refuse(new Failure('INPUT_MISSING'));
  const jobId = derivedJobId('drop', bucket, key, version, sequencer || (eventTime ?? ''));
  // Told again, it may find its preset deleted meanwhile, or the minutes of its owner's plan used up.
  const isTaken = () => platform.jobs.knows(jobId);
  const { ownerId } = drop;
  const found = await platform.presets.find(ownerId, drop.preset);
  if (found === undefined) return (await isTaken()) ? undefined : await refuse(new Failure('UNKNOWN_PRESET'));
  const refusal = await refusalIfSeen(platform, input);
  if (refusal !== undefined) return await refuse(refusal);
  const planRefusal = await refusalByPlan(config, quotas, { ownerId, sizeBytes: input.sizeBytes });
  if (planRefusal !== undefined && !(await isTaken())) return await refuse(planRefusal);
  // Of one whose job was deleted, its stone stays: told again, it makes no other one.
  const made = await submitJob(platform, {
    jobId,
    ownerId,
    source: { kind: 'drop', bucket, key, version, sequencer, eventTime },
    input,
    fileName: displayName(drop.fileName),
    ...orderOf(found.preset),
    // Told again, it is the same drop, also when its owner has changed the preset since.
    asked: found.isOwn ? { preset: drop.preset } : undefined,
  });
  log.say('drop.taken', { jobId, key, created: made?.created === true });
}

/** What the notification tells of the object; where it tells too little, S3 is asked. Undefined when it is gone by then. */
async function storedInput(
  objects: ObjectStore,
  { bucket, key, sizeBytes, etag }: CreatedObject,
): Promise<ObjectRef | undefined> {
  if (sizeBytes === undefined || etag === undefined) return await objects.head(key);
  return { bucket, key, sizeBytes, etag };
}

/** Without what people call it. */
function orderOf({ format, quality, options }: Preset): Pick<Preset, 'format' | 'quality' | 'options'> {
  return { format, quality, options };
}

const unquoted = (etag: string): string => etag.replaceAll('"', '');
