/**
 * Drops outlast any trouble: nothing but its notification knows of a dropped file, so one that its queue has given up
 * after a day or two of trying gets another round. What was put aside for its reason stays, for people.
 */
import type { DeadLetter } from '../jobs/dead-letters.ts';
import type { Platform } from '../platform.ts';

/** A week of trouble at least. What nobody could take in by then is no matter of waiting. */
const MOST_ROUNDS = 5;

/** One pass. @returns how many were sent again. @throws SDK errors. */
export async function sendDropsAgain(
  { dropDeadLetters, config, log }: Platform,
  stopped: () => boolean = () => false,
): Promise<number> {
  const left: DeadLetter[] = [];
  let sent = 0;
  try {
    for (const letter of await dropDeadLetters.look()) {
      if (stopped() || letter.isSetAside || letter.rounds >= MOST_ROUNDS) {
        left.push(letter);
        continue;
      }
      await dropDeadLetters.sendAgain(letter, config.DROPS_QUEUE_URL);
      log.say('drop.again', { messageId: letter.messageId, rounds: letter.rounds + 1 });
      sent += 1;
    }
  } finally {
    await dropDeadLetters.putBack(left);
  }
  return sent;
}
