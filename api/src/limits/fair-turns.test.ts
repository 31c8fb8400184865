/** Who is let in when, while there is more to do than places. */
import { expect, test, vi } from 'vitest';
import { FairTurns } from './fair-turns.ts';

/** A busy machine may take seconds for anything. */
const SOON_MS = 30_000;

test('no more than so much at once; owners take turns; what fails gives its place on', async () => {
  const turns = new FairTurns(1);
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const work = (ownerId: string, name: string) =>
    turns.run(ownerId, async () => {
      order.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (name === 'a2') throw new Error('a2 failed');
    });
  const all = [work('ann', 'a1'), work('ann', 'a2'), work('ann', 'a3'), work('ben', 'b1'), work('ann', 'a4')];
  const failed = expect(all[1]).rejects.toThrow('a2 failed');
  for (let done = 0; done < 5; done += 1) {
    await vi.waitFor(() => expect(order).toHaveLength(done + 1), SOON_MS);
    ends[done]?.();
  }
  expect(order).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  await failed;
  await turns.run('cat', async () => order.push('c1'));
  expect(order.at(-1)).toBe('c1');
});

test('one owner has a quarter of the places at most: another one’s work begins at once, whatever waits', async () => {
  const turns = new FairTurns(8);
  const order: string[] = [];
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const work = (ownerId: string, name: string) =>
    turns.run(ownerId, async () => {
      order.push(name);
      await over;
    });
  const all = [work('ann', 'a1'), work('ann', 'a2'), work('ann', 'a3'), work('ben', 'b1'), work('cat', 'c1')];
  expect(order).toEqual(['a1', 'a2', 'b1', 'c1']);
  end();
  await Promise.all(all);
  expect(order.at(-1)).toBe('a3');
});

test('while others are about each owner does one thing at a time, and more again once they have been away for a second', async () => {
  let nowMs = 0;
  const turns = new FairTurns(8, () => nowMs);
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (ownerId: string, name: string) =>
    turns.run(ownerId, async () => {
      running.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      running.splice(running.indexOf(name), 1);
    });
  const all = [work('ben', 'b1'), ...['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => work('ann', name))];
  expect(running).toEqual(['b1', 'a1']);
  all.push(work('ben', 'b2'));
  ends.get('b1')?.();
  await vi.waitFor(() => expect(running).toEqual(['a1', 'b2']), SOON_MS);
  ends.get('b2')?.();
  ends.get('a1')?.();
  await vi.waitFor(() => expect(running).toEqual(['a2']), SOON_MS);
  nowMs = 1_001;
  ends.get('a2')?.();
  await vi.waitFor(() => expect(running).toEqual(['a3', 'a4']), SOON_MS);
  for (const name of ['a3', 'a4']) ends.get(name)?.();
  await vi.waitFor(() => expect(running).toEqual(['a5']), SOON_MS);
  ends.get('a5')?.();
  await Promise.all(all);
});

test('work that waits for nothing keeps nobody from being heard in between', async () => {
  const turns = new FairTurns(8);
  let heard = 0;
  let isOver = false;
  const listen = () => {
    heard += 1;
    if (!isOver) setImmediate(listen);
  };
  setImmediate(listen);
  await Promise.all(Array.from({ length: 800 }, () => turns.run('ann', async () => undefined)));
  isOver = true;
  expect(heard).toBeGreaterThanOrEqual(99);
});
