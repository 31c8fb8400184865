/** One notifier process put together: consumers of the notices queue, and the look for what it has lost. */
import type { Message } from '@aws-sdk/client-sqs';
import { deliveryMessageSchema } from '@wavefleet/contracts/webhooks.ts';
import { queueNameOf } from '@wavefleet/platform/aws/queue-arn.ts';
import { environmentOf } from '@wavefleet/platform/config.ts';
import { every } from '@wavefleet/platform/every.ts';
import { setAside } from '@wavefleet/platform/jobs/queue.ts';
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { Consumer } from 'sqs-consumer';
import { pacedPolling } from '../queue/paced-polling.ts';
import { startLiveness } from '../upkeep/liveness.ts';
import { Deliverer } from './deliver.ts';
import { fanOut, readEvent } from './fan-out.ts';
import { wakeLost } from './lost-wake-ups.ts';

/** Longer than a try; renewed by none, since a try ends. */
const VISIBILITY_SECONDS = 30;

export interface RunningNotifier {
  /** Ends after the tries under way. The platform stays open. */
  stop(): Promise<void>;
}

export function startNotifier(platform: Platform): RunningNotifier {
  const { config, log } = platform;
  const deliverer = new Deliverer(platform);
  const consumers = Array.from({ length: config.NOTIFIER_CONCURRENCY }, () =>
    consumerOf(platform, deliverer),
  );
  for (const consumer of consumers) consumer.start();
  const stopLooking = every(
    { everyMs: config.SWEEP_INTERVAL_MS },
    () => wakeLost(platform),
    (error) => log.say('webhook.sweep-failed', { err: error }),
  );
  const stopLiveness = startLiveness(config.LIVENESS_FILE, log);
  log.say('notifier.ready', {
    concurrency: config.NOTIFIER_CONCURRENCY,
    privateAddresses: config.WEBHOOK_PRIVATE_ADDRESSES,
    environment: environmentOf(config),
  });
  return {
    async stop() {
      const idle = consumers.map(
        (consumer) => new Promise<void>((resolve) => consumer.once('stopped', () => resolve())),
      );
      for (const consumer of consumers) consumer.stop();
      await Promise.all([...idle, stopLooking()]);
      stopLiveness();
    },
  };
}

function consumerOf(platform: Platform, deliverer: Deliverer): Consumer {
  const { config, aws, log } = platform;
  return pacedPolling(
    Consumer.create({
      queueUrl: config.NOTICES_QUEUE_URL,
      sqs: aws.sqsPoll,
      // One each, so that a receiver that is slow holds up no other message.
      batchSize: 1,
      visibilityTimeout: VISIBILITY_SECONDS,
      waitTimeSeconds: config.POLL_WAIT_SECONDS,
      pollingCompleteWaitTimeMs: (config.POLL_WAIT_SECONDS + 10) * 1000,
      strictReturn: true,
      handleMessage: (message) => handle(platform, deliverer, message),
    }),
    log,
  );
}

/** Answers the message to have it deleted, undefined to leave it. A throw leaves it until it is visible again. */
async function handle(
  platform: Platform,
  deliverer: Deliverer,
  message: Message,
): Promise<Message | undefined> {
  const body = parseJson(message.Body);
  const wakeUp = deliveryMessageSchema.safeParse(body).data;
  if (wakeUp !== undefined) {
    const fate = await deliverer.attempt(wakeUp);
    if (fate.kind === 'done') return message;
    await platform.notices.hide(message.ReceiptHandle ?? '', fate.ms);
    return undefined;
  }
  const event = readEvent(body);
  if (event === undefined) {
    const { config, log, aws } = platform;
    const deadLetterQueue = queueNameOf(config.NOTICES_DLQ_URL);
    log.say('notice.unreadable', { messageId: message.MessageId, deadLetterQueue });
    await setAside(aws.sqs, config.NOTICES_DLQ_URL, message.Body ?? '', 'neither an event nor a delivery');
    return message;
  }
  await fanOut(platform, event);
  return message;
}
