/** What an order needs of a worker, and what this version's workers can do. */
import { expect, test } from 'vitest';
import { formatNames, outputFormat } from './formats.ts';
import { ABILITY, needsOf } from './needs.ts';

test('this version can do all that it takes orders for', () => {
  const needs = formatNames.map((format) =>
    needsOf({ format, options: { channels: 1, pipeline: 'stream' } }),
  );
  expect(Math.max(...needs)).toBe(ABILITY);
});

test('what was always there asks for nothing new', () => {
  expect(needsOf({ format: 'mp3', options: { channels: 1, tags: false } })).toBe(1);
  expect(needsOf({ format: 'mp3', quality: '192k', options: {} })).toBe(1);
  expect(needsOf({ format: 'mp3', options: { timeline: 'keep' } })).toBe(3);
  expect(needsOf({ format: 'mp3', quality: 'v2', options: {} })).toBe(3);
  expect(needsOf({ format: 'wav', options: { bitDepth: 32 } })).toBe(3);
  expect(needsOf({ format: 'opus', options: { pipeline: 'stream' } })).toBe(4);
});

test('a format that came later asks for a worker that knows it', () => {
  for (const format of formatNames) {
    expect(needsOf({ format, options: {} })).toBe(outputFormat(format).since);
  }
});
