/** How far a conversion is said to be, by sources that say how long they are, that say nothing, and that lie. */
import { expect, test } from 'vitest';
import { HowFar, likelySeconds, type SourceLength } from './how-far.ts';

const MIB = 1024 ** 2;
const source = (part: Partial<SourceLength> = {}): SourceLength => ({
  sizeBytes: 10 * MIB,
  declaredSeconds: null,
  likelySeconds: 400,
  trimStart: 0,
  trimEnd: undefined,
  ...part,
});
const percent = (far: HowFar, writtenSeconds: number, readBytes: number | null) =>
  Math.round(far.at({ writtenSeconds, readBytes }).fraction * 1000) / 10;

test('a declared length is taken at its word, whatever is read', () => {
  const far = new HowFar(source({ declaredSeconds: 200 }));
  expect([0, 50, 100, 190].map((seconds) => percent(far, seconds, 5 * MIB))).toEqual([0, 25, 50, 95]);
  expect(far.at({ writtenSeconds: 150, readBytes: null })).toEqual({ fraction: 0.75, secondsAhead: 50 });
});

test('a source that is longer than it says goes on, and nobody knows for how long', () => {
  const far = new HowFar(source({ declaredSeconds: 200 }));
  const way = [194, 200, 300, 2_000].map((seconds) => percent(far, seconds, null));
  expect(way).toEqual(way.toSorted((a, b) => a - b));
  expect(new Set(way).size).toBe(4);
  expect(way.at(-1)).toBeLessThanOrEqual(100);
  expect(far.at({ writtenSeconds: 201, readBytes: null }).secondsAhead).toBeNull();
});

test('without a length, the bytes read tell, once they are seen to move', () => {
  const far = new HowFar(source());
  // What FFmpeg has read to find out what it is says nothing yet.
  expect(percent(far, 1, 5 * MIB)).toBe(0.3);
  expect(far.at({ writtenSeconds: 1, readBytes: 5 * MIB }).secondsAhead).toBeNull();
  const { fraction, secondsAhead } = far.at({ writtenSeconds: 60, readBytes: 6 * MIB });
  expect(fraction).toBeCloseTo(0.6, 1);
  expect(Math.round(secondsAhead ?? 0)).toBe(41);
  // It goes on between two reads as well.
  expect(percent(far, 61, 6 * MIB)).toBeGreaterThan(fraction * 100);
});

test('an estimate never claims the end', () => {
  const far = new HowFar(source());
  for (let part = 1; part <= 100; part += 1) {
    expect(percent(far, part, (part / 100) * 10 * MIB)).toBeLessThanOrEqual(98);
  }
  expect(percent(new HowFar(source()), 100_000, null)).toBe(98);
});

test('where reading cannot be seen, the usual length shows that work goes on, and tells no time', () => {
  const far = new HowFar(source({ likelySeconds: 100 }));
  const way = [10, 50, 90, 99, 120, 200].map((seconds) => percent(far, seconds, null));
  expect(way.slice(0, 3)).toEqual([10, 50, 90]);
  expect(way).toEqual(way.toSorted((a, b) => a - b));
  expect(far.at({ writtenSeconds: 50, readBytes: null }).secondsAhead).toBeNull();
});

test('sound that ends before its video goes on by the bytes', () => {
  const far = new HowFar(source());
  const way = [2, 4, 6, 8].map((mib) => percent(far, Math.min(mib, 4) * 10, mib * MIB));
  expect(way).toEqual(way.toSorted((a, b) => a - b));
  expect(way.at(-1)).toBeGreaterThan(75);
});

test('what a trim leaves out at the front counts as the little work that it is', () => {
  const far = new HowFar(source({ declaredSeconds: 1_000, trimStart: 800, trimEnd: 900 }));
  expect(percent(far, 0, 0)).toBe(0);
  expect(percent(far, 0, 4 * MIB)).toBe(25);
  expect(percent(far, 0, 8 * MIB)).toBe(50);
  expect(percent(far, 50, 8 * MIB)).toBe(75);
  expect(far.at({ writtenSeconds: 50, readBytes: 8 * MIB }).secondsAhead).toBe(50);
  const unsaid = new HowFar(source({ trimStart: 80, trimEnd: 90 }));
  expect(percent(unsaid, 0, 5 * MIB)).toBeGreaterThan(0);
  unsaid.at({ writtenSeconds: 1, readBytes: 8 * MIB });
  expect(unsaid.at({ writtenSeconds: 2, readBytes: 8.2 * MIB }).secondsAhead).toBe(8);
});

test('how long a file of its size is as a rule', () => {
  const facts = {
    ...{ container: 'x', codec: 'opus', durationSeconds: null, sampleRate: 48_000, channels: 2 },
    ...{ bitDepth: 0, streams: 1, hasCover: false, tags: {} },
  };
  expect(likelySeconds({ ...facts, durationSeconds: 61.5 }, 1)).toBe(61.5);
  expect(likelySeconds(facts, 1_600_000)).toBe(100);
  expect(likelySeconds({ ...facts, codec: 'pcm_s16le', bitDepth: 16 }, 1_920_000)).toBe(10);
  expect(likelySeconds({ ...facts, codec: 'flac', bitDepth: 16 }, 1_920_000)).toBeCloseTo(16.7, 1);
});
