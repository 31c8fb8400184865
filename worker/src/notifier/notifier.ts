/** One notifier process put together: consumers of the notices queue, and the look for what it has lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '@aws-sdk/client-sqs';
import { mailMessageSchema } from '@wavefleet/contracts/mails.ts';
import { deliveryMessageSchema } from '@wavefleet/contracts/webhooks.ts';
import { setAside } from '@wavefleet/platform/aws/messages.ts';
import { queueNameOf } from '@wavefleet/platform/aws/queue-arn.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import { environmentOf } from '@wavefleet/platform/config.ts';
import { every } from '@wavefleet/platform/every.ts';
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { Consumer } from 'sqs-consumer';
import { receivesOf } from '../queue/messages.ts';
import { pacedPolling } from '../queue/paced-polling.ts';
import { startLiveness } from '../upkeep/liveness.ts';
import { Deliverer } from './deliver.ts';
import { fanOut, readEvent } from './fan-out.ts';
import type { Fate } from './fate.ts';
import { Hands } from './hands.ts';
import { wakeLost } from './lost-wake-ups.ts';
import { Mailer } from './mail/mailer.ts';
import { makePostman } from './mail/postman.ts';

/** Longer than a try; renewed by none, since a try ends. */
const VISIBILITY_SECONDS = 30;
/** Where a table does not answer, messages fail in no time. They rest, and so does who took them, or it would take them all. */
const REST_SECONDS = 5;
const TROUBLE = { firstMs: 200, maxMs: 5_000 };

export interface RunningNotifier {
  /** Ends after the tries under way. The platform stays open. */
  stop(): Promise<void>;
}

export function startNotifier(platform: Platform): RunningNotifier {
  const { config, log } = platform;
  const hands = new Hands(config.NOTIFIER_CONCURRENCY);
  const senders = {
    deliverer: new Deliverer(platform, hands),
    mailer: new Mailer(platform, hands, makePostman(config)),
  };
  const consumers = Array.from({ length: config.NOTIFIER_CONCURRENCY }, () => consumerOf(platform, senders));
  for (const consumer of consumers) consumer.start();
  const stopLooking = every(
    { everyMs: config.SWEEP_INTERVAL_MS },
    () => wakeLost(platform),
    (error) => log.say('notice.sweep-failed', { err: error }),
  );
  const stopLiveness = startLiveness(config.LIVENESS_FILE, log);
  log.say('notifier.ready', {
    concurrency: config.NOTIFIER_CONCURRENCY,
    privateAddresses: config.WEBHOOK_PRIVATE_ADDRESSES,
    mail: config.MAIL_FROM === undefined ? 'none' : config.SMTP_URL === undefined ? 'ses' : 'smtp',
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

/** Those who carry notices out. */
interface Senders {
  readonly deliverer: Deliverer;
  readonly mailer: Mailer;
}

function consumerOf(platform: Platform, senders: Senders): Consumer {
  const { config, aws, log } = platform;
  let failures = 0;
  return pacedPolling(
    Consumer.create({
      queueUrl: config.NOTICES_QUEUE_URL,
      sqs: aws.sqsPoll,
      // One each, so that a receiver that is slow holds up no other message.
      batchSize: 1,
      visibilityTimeout: VISIBILITY_SECONDS,
      terminateVisibilityTimeout: REST_SECONDS,
      waitTimeSeconds: config.POLL_WAIT_SECONDS,
      pollingCompleteWaitTimeMs: (config.POLL_WAIT_SECONDS + 10) * 1000,
      strictReturn: true,
      messageSystemAttributeNames: ['ApproximateReceiveCount'],
      async handleMessage(message) {
        try {
          const answer = await handle(platform, senders, message);
          failures = 0;
          return answer;
        } catch (error) {
          failures += 1;
          await sleep(backoffMs(failures, TROUBLE));
          throw error;
        }
      },
    }),
    log,
  );
}

/** Answers the message to have it deleted, undefined to leave it hidden. A throw lets it rest. */
async function handle(platform: Platform, senders: Senders, message: Message): Promise<Message | undefined> {
  const body = parseJson(message.Body);
  const fate = await fateOf(senders, body, receivesOf(message));
  if (fate?.kind === 'done') return message;
  if (fate !== undefined) {
    await platform.notices.hide(message.ReceiptHandle ?? '', fate.ms);
    return undefined;
  }
  const event = readEvent(body);
  if (event === undefined) {
    const { config, log, aws } = platform;
    const deadLetterQueue = queueNameOf(config.NOTICES_DLQ_URL);
    log.say('notice.unreadable', { messageId: message.MessageId, deadLetterQueue });
    await setAside(aws.sqs, config.NOTICES_DLQ_URL, message.Body ?? '', 'neither an event nor a notice');
    return message;
  }
  await fanOut(platform, event);
  return message;
}

/** Undefined for what is no wake-up of ours. */
async function fateOf(
  { deliverer, mailer }: Senders,
  body: unknown,
  receives: number,
): Promise<Fate | undefined> {
  const delivery = deliveryMessageSchema.safeParse(body).data;
  if (delivery !== undefined) return await deliverer.attempt(delivery, receives);
  const mail = mailMessageSchema.safeParse(body).data;
  return mail === undefined ? undefined : await mailer.attempt(mail, receives);
}
