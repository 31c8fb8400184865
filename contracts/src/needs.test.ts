/** What an order needs of a worker, and what this version's workers can do. */
import { expect, test } from 'vitest';
import { formatNames, outputFormat } from './formats.ts';
import { ABILITY, needsOf } from './needs.ts';

test('this version can do all that it takes orders for', () => {
  const needs = formatNames.map((format) => needsOf({ format, options: { channels: 1, tags: false } }));
  expect(Math.min(...needs)).toBe(1);
  expect(Math.max(...needs, needsOf({ format: 'wav', options: { dither: false } }))).toBe(ABILITY);
});

test('a format that came later asks for a worker that knows it', () => {
  for (const format of formatNames) {
    expect(needsOf({ format, options: {} })).toBe(outputFormat(format).since);
  }
});
