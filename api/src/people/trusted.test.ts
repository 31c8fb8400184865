/** What is trusted for a moment, and what must not be. */
import { expect, test, vi } from 'vitest';
import { Trusted } from './trusted.ts';

test('what is forgotten while it is read is read again, and not trusted', async () => {
  const trusted = new Trusted<string>();
  const first = Promise.withResolvers<string>();
  const reading = trusted.get('key', () => first.promise);
  trusted.forget('key');
  first.resolve('good');
  expect(await reading).toBe('good');
  expect(await trusted.get('key', async () => undefined)).toBeUndefined();
});

test('those who ask in one moment share one look, and what went wrong is not remembered', async () => {
  const trusted = new Trusted<string>();
  const read = vi.fn(async (): Promise<string> => {
    throw new Error('away');
  });
  const asked = await Promise.allSettled([trusted.get('key', read), trusted.get('key', read)]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(read).toHaveBeenCalledTimes(1);
  expect(await trusted.get('key', async () => 'good')).toBe('good');
  expect(await trusted.get('key', read)).toBe('good');
});
