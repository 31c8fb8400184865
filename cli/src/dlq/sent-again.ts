/**
 * `wavefleet dlq list` and `redrive` with `--drops` or `--notices`: messages that stand for themselves, since no job's
 * record stands behind them. They are sent to the queue that they came from.
 */
import { eventSchema } from '@wavefleet/contracts/events.ts';
import { mailMessageSchema } from '@wavefleet/contracts/mails.ts';
import { deliveryMessageSchema } from '@wavefleet/contracts/webhooks.ts';
import type { DeadLetter, DeadLetters } from '@wavefleet/platform/jobs/dead-letters.ts';
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { readNotification } from '@wavefleet/platform/storage/s3-event.ts';
import { z } from 'zod';
import type { Act } from '../on-platform.ts';
import { ageOf } from './list.ts';

const AGE_WIDTH = 5;

/** One such queue. */
interface Kind {
  /** What its letters are about, above their list. */
  readonly title: string;
  readonly lettersOf: (platform: Platform) => DeadLetters;
  readonly queueOf: (platform: Platform) => string;
  /** What a message is about; empty when nobody can read that. */
  readonly about: (body: unknown) => string;
}

const kinds = {
  drops: {
    title: 'FILES',
    lettersOf: ({ dropDeadLetters }) => dropDeadLetters,
    queueOf: ({ config }) => config.DROPS_QUEUE_URL,
    about: (body) =>
      readNotification(body)
        .created.map(({ bucket, key }) => `s3://${bucket}/${key}`)
        .join(', '),
  },
  notices: {
    title: 'NOTICE',
    lettersOf: ({ noticeDeadLetters }) => noticeDeadLetters,
    queueOf: ({ config }) => config.NOTICES_QUEUE_URL,
    about: (body) => noticeSchema.safeParse(body).data ?? '',
  },
} as const satisfies Record<string, Kind>;
/** What `--drops` and `--notices` name. */
export type QueueName = keyof typeof kinds;

const noticeSchema = z.union([
  z
    .object({ detail: eventSchema })
    .transform(({ detail: { jobId, kind } }) => `end of job ${jobId} (${kind})`),
  deliveryMessageSchema.transform(({ deliveryId }) => `webhook delivery ${deliveryId}`),
  mailMessageSchema.transform(({ mailId }) => `e-mail ${mailId}`),
]);

/** A line a letter; looking leaves them where they are. The act answers true, and throws SDK errors. */
export function listOf(name: QueueName): Act {
  const kind: Kind = kinds[name];
  return async (platform, { print }) => {
    const deadLetters = kind.lettersOf(platform);
    const letters = await deadLetters.look();
    try {
      if (letters.length > 0) print(`${'AGE'.padStart(AGE_WIDTH)}  ${kind.title}: REASON`);
      for (const letter of letters)
        print(`${ageOf(letter.sentAtMs).padStart(AGE_WIDTH)}  ${wordsFor(kind, letter)}: ${letter.reason}`);
      print(letters.length === 1 ? '1 dead letter' : `${letters.length} dead letters`);
    } finally {
      await deadLetters.putBack(letters);
    }
    return true;
  };
}

/** Sends all of them to the queue that they came from. The act answers true, and throws SDK errors; what was sent by then is. */
export function redriveOf(name: QueueName): Act {
  const kind: Kind = kinds[name];
  return async (platform, { print }) => {
    const deadLetters = kind.lettersOf(platform);
    const left = await deadLetters.look();
    try {
      if (left.length === 0) print('there are no dead letters');
      for (let letter = left[0]; letter !== undefined; letter = left[0]) {
        await deadLetters.sendAgain(letter, kind.queueOf(platform));
        left.shift();
        print(`${wordsFor(kind, letter)}: sent again`);
      }
    } finally {
      await deadLetters.putBack(left);
    }
    return true;
  };
}

function wordsFor({ about }: Kind, { body, messageId }: DeadLetter): string {
  return about(parseJson(body)) || `message ${messageId}`;
}
