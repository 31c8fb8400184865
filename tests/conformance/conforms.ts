/** One thing that we rely on, tested alike on every stack; where a stack is known to differ, that is what is tested. */
import { test } from 'vitest';
import { stackName } from '../bring-up/services.ts';
import { differences } from './differences.ts';

/**
 * @param sentence says what AWS does; `differences.ts` refers to it.
 * @param asAws fails where the stack does otherwise.
 * @param instead fails where a stack of `differences.ts` does not do what is written there.
 */
export function behaviour(sentence: string, asAws: () => Promise<void>, instead?: () => Promise<void>): void {
  const known = differences.find(({ stack, behaviour }) => stack === stackName && behaviour === sentence);
  if (known === undefined) {
    test(sentence, asAws);
    return;
  }
  test(`${sentence} (known difference: ${known.instead})`, async () => {
    if (instead === undefined) throw new Error('a difference without an assertion');
    await instead();
  });
}
