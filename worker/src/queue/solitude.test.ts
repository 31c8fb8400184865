/** Being alone in a process: who waits for it, and when nothing is begun any more. */
import { expect, test } from 'vitest';
import { Solitude } from './solitude.ts';

test('it is granted when the last one has gone, to one at a time', async () => {
  const solitude = new Solitude();
  const { signal } = new AbortController();
  const work = Promise.withResolvers<void>();
  const among = solitude.among(() => work.promise);
  const taking = solitude.take(signal);
  expect(solitude.isOpen).toBe(false);
  expect(await solitude.take(signal)).toBeUndefined();
  work.resolve();
  await among;
  const end = await taking;
  end?.();
  expect(solitude.isOpen).toBe(true);
});

test('a process that stops grants it no more, although the others have gone by that', async () => {
  const solitude = new Solitude();
  const stopping = new AbortController();
  const work = Promise.withResolvers<void>();
  const among = solitude.among(() => work.promise);
  const taking = solitude.take(stopping.signal);
  work.resolve();
  // As the last one goes, before who waits has heard of it.
  void among.then(() => stopping.abort());
  await expect(taking).rejects.toThrow('aborted');
  expect(solitude.isOpen).toBe(true);
});

test('nor to who asks when it has stopped, with nobody there', async () => {
  const solitude = new Solitude();
  await expect(solitude.take(AbortSignal.abort())).rejects.toThrow('aborted');
  expect(solitude.isOpen).toBe(true);
});
