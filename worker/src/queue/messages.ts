/** What a received message says, and what becomes of one that says nothing to us. */
import type { Message } from '@aws-sdk/client-sqs';
import {
  type JobMessage,
  jobMessageSchema,
  MESSAGE_VERSION,
  messageVersionSchema,
} from '@wavefleet/contracts/message.ts';
import { setAside } from '@wavefleet/platform/aws/messages.ts';
import { queueNameOf } from '@wavefleet/platform/aws/queue-arn.ts';
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { DONE, type Outcome } from '../job/outcome.ts';

/** Undefined for what is no message of ours, or of a later version. */
export function readMessage(message: Message): JobMessage | undefined {
  return jobMessageSchema.safeParse(parseJson(message.Body)).data;
}

/** How often SQS has handed it out. */
export function receivesOf(message: Message): number {
  return Number(message.Attributes?.ApproximateReceiveCount ?? 1);
}

/** How long ago it was sent, in ms; for ever, where the queue does not say. */
export function ageMsOf(message: Message, now = Date.now()): number {
  return Math.max(0, now - Number(message.Attributes?.SentTimestamp ?? Number.NEGATIVE_INFINITY));
}

/** A later version is left for later workers; what nobody can read is put aside, with the reason. */
export async function leaveOrPutAside(platform: Platform, message: Message): Promise<Outcome> {
  const { config, log } = platform;
  const version = messageVersionSchema.safeParse(parseJson(message.Body));
  if (version.success && version.data.v > MESSAGE_VERSION) {
    log.say('message.later-version', { version: version.data.v });
    return { kind: 'hide', ms: config.VISIBILITY_TIMEOUT_MS };
  }
  const { MessageId: messageId, Body: body = '' } = message;
  log.say('message.unreadable', { messageId, deadLetterQueue: queueNameOf(config.JOBS_DLQ_URL) });
  await setAside(platform.aws.sqs, config.JOBS_DLQ_URL, body, 'not a job message');
  return DONE;
}
