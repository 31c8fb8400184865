/** How many transfers run at once. */
import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

const forever = new AbortController().signal;

test('runs no more than its places at once, in the order of asking', async () => {
  const slots = new Slots(2);
  const log: string[] = [];
  const gates = ['a', 'b', 'c'].map((name) => {
    const gate = Promise.withResolvers<void>();
    const done = slots.use(forever, async () => {
      log.push(name);
      await gate.promise;
    });
    return { open: gate.resolve, done };
  });
  await Promise.resolve();
  expect(log).toEqual(['a', 'b']);
  gates[0]?.open();
  await gates[0]?.done;
  await Promise.resolve();
  expect(log).toEqual(['a', 'b', 'c']);
  gates[1]?.open();
  gates[2]?.open();
  await Promise.all(gates.map((gate) => gate.done));
});

test('a failure frees the place, and who gives up leaves the line', async () => {
  const slots = new Slots(1);
  const gate = Promise.withResolvers<void>();
  const first = slots.use(forever, () => gate.promise);
  const impatient = new AbortController();
  const second = slots.use(impatient.signal, async () => 'never');
  const third = slots.use(forever, async () => 'third');
  impatient.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  gate.reject(new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  await expect(third).resolves.toBe('third');
});
