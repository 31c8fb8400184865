/** The loop of what comes round again. */
import { expect, test } from 'vitest';
import { every, SOON } from './every.ts';

test('a turn that wants the next one soon has it after a quarter of the time; behind a failure all of it passes', async () => {
  const answers = [SOON, SOON, undefined];
  const startedAtMs: number[] = [];
  const failures: unknown[] = [];
  const done = Promise.withResolvers<void>();
  const stop = every(
    { everyMs: 400, firstMs: 0 },
    async () => {
      startedAtMs.push(performance.now());
      if (startedAtMs.length === 4) throw new Error('a failure');
      if (startedAtMs.length === 5) done.resolve();
      return answers[startedAtMs.length - 1];
    },
    (error) => failures.push(error),
  );
  await done.promise;
  await stop();
  const pauses = startedAtMs.slice(1).map((at, index) => at - (startedAtMs[index] ?? 0));
  // A timer may fire a millisecond early; how late it is, the machine decides.
  const least = [75, 75, 300, 300];
  for (const [index, ms] of least.entries()) expect(pauses[index]).toBeGreaterThanOrEqual(ms - 2);
  expect(Math.min(...pauses.slice(0, 2))).toBeLessThan(300);
  expect(failures).toHaveLength(1);
});
