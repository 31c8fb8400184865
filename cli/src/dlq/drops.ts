/** `wavefleet dlq list --drops` and `redrive --drops`: notifications of dropped files that nobody could take in. */
import type { DeadLetter } from '@wavefleet/platform/jobs/dead-letters.ts';
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { readNotification } from '@wavefleet/platform/storage/s3-event.ts';
import type { Terminal } from '../command.ts';
import { ageOf } from './list.ts';

const AGE_WIDTH = 5;

/** A line a letter; looking leaves them where they are. Answers true. @throws SDK errors. */
export async function listDrops({ dropDeadLetters }: Platform, { print }: Terminal): Promise<boolean> {
  const letters = await dropDeadLetters.look();
  try {
    if (letters.length > 0) print(`${'AGE'.padStart(AGE_WIDTH)}  FILES: REASON`);
    for (const letter of letters)
      print(`${ageOf(letter.sentAtMs).padStart(AGE_WIDTH)}  ${filesOf(letter)}: ${letter.reason}`);
    print(letters.length === 1 ? '1 dead letter' : `${letters.length} dead letters`);
  } finally {
    await dropDeadLetters.putBack(letters);
  }
  return true;
}

/** Sends all of them to the queue that they came from. Answers true. @throws SDK errors; what was sent by then is. */
export async function redriveDrops(
  { dropDeadLetters, config }: Platform,
  { print }: Terminal,
): Promise<boolean> {
  const left = await dropDeadLetters.look();
  try {
    if (left.length === 0) print('there is no dead letter');
    for (let letter = left[0]; letter !== undefined; letter = left[0]) {
      await dropDeadLetters.sendAgain(letter, config.DROPS_QUEUE_URL);
      left.shift();
      print(`${filesOf(letter)}: sent again`);
    }
  } finally {
    await dropDeadLetters.putBack(left);
  }
  return true;
}

/** The keys that it tells of, or the message's id when nobody can read that. */
function filesOf({ body, messageId }: DeadLetter): string {
  const { created } = readNotification(parseJson(body));
  return created.map(({ bucket, key }) => `s3://${bucket}/${key}`).join(', ') || `message ${messageId}`;
}
