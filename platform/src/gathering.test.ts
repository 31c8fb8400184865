/** How many calls are made for what comes one by one. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Gathering } from './gathering.ts';

const batches: number[][] = [];
/** Resolves the call under way. */
let answer: () => void = () => undefined;
const gathering = (send?: () => void) =>
  new Gathering<number>({
    send: async (batch) => {
      batches.push([...batch]);
      send?.();
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
    },
    ...{ batchSize: 3, gapMs: 100, mostWaiting: 5 },
  });
const tick = async (ms = 0) => await vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  batches.length = 0;
});

test('one that comes alone goes at once', async () => {
  const some = gathering();
  some.add(1);
  expect(batches).toEqual([[1]]);
  answer();
  await tick(100);
  some.add(2);
  expect(batches).toEqual([[1], [2]]);
});

test('what comes during a call and the pause after it goes together', async () => {
  const some = gathering();
  some.add(1);
  some.add(2);
  answer();
  await tick(99);
  some.add(3);
  expect(batches).toEqual([[1]]);
  await tick(1);
  expect(batches).toEqual([[1], [2, 3]]);
});

test('a call that is full does not wait for the end of the pause', async () => {
  const some = gathering();
  some.add(1);
  answer();
  await tick(1);
  for (const each of [2, 3, 4]) some.add(each);
  await tick();
  expect(batches).toEqual([[1], [2, 3, 4]]);
  for (const each of [5, 6, 7]) some.add(each);
  answer();
  await tick();
  expect(batches).toEqual([[1], [2, 3, 4], [5, 6, 7]]);
});

test('no more are taken than may wait', async () => {
  const some = gathering();
  expect([0, 1, 2, 3, 4, 5, 6].map((each) => some.add(each))).toEqual([
    ...Array.from({ length: 6 }, () => true),
    false,
  ]);
});

test('who closes it in the pause waits for the calls alone, and so does what comes later', async () => {
  const some = gathering();
  some.add(1);
  answer();
  await tick(1);
  some.add(2);
  const closed = some.close();
  await tick();
  expect(batches).toEqual([[1], [2]]);
  answer();
  await closed;
  some.add(3);
  answer();
  await tick();
  some.add(4);
  expect(batches).toEqual([[1], [2], [3], [4]]);
});

test('who closes it for so long leaves what did not go', async () => {
  const some = gathering();
  some.add(1);
  some.add(2);
  const closed = some.close(50);
  await tick(50);
  await closed;
  answer();
  await tick(1_000);
  expect(batches).toEqual([[1]]);
});

test('a call carries nothing of who happened to begin it', async () => {
  const ids = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const some = gathering(() => seen.push(ids.getStore()));
  ids.run('somebody', () => some.add(1));
  expect(seen).toEqual([undefined]);
});
