/** Trace contexts, by the W3C's rules. */
import { expect, test } from 'vitest';
import { adoptTraceparent, traceIdOf } from './trace.ts';

const given = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('a well-formed context is adopted, anything else is replaced', () => {
  expect(adoptTraceparent(given)).toBe(given);
  for (const bad of [undefined, '', 'x', `${given}-more`, given.toUpperCase()]) {
    expect(adoptTraceparent(bad)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(adoptTraceparent(bad)).not.toBe(bad);
  }
});

test('the trace id is read from it', () => {
  expect(traceIdOf(given)).toBe('0af7651916cd43dd8448eb211c80319c');
  expect(traceIdOf(undefined)).toBeUndefined();
});
