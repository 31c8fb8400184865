/** A job's line in words. */
import { view } from '@wavefleet/client/samples.testing.ts';
import { expect, test } from 'vitest';
import { overallPercent, stageLine, uploadLine } from './phases.ts';

test('the whole way rises from the first byte sent to the stored result', () => {
  const way = [
    overallPercent(0, undefined),
    overallPercent(0.5, undefined),
    overallPercent(1, undefined),
    ...[0, 5, 10, 50, 90, 95, 99, 100].map((progress) => overallPercent(1, view({ progress }))),
  ];
  expect(way[0]).toBe(0);
  expect(way.at(-1)).toBe(100);
  expect(way).toEqual(way.toSorted((a, b) => a - b));
});

test('lines say what is known and no more', () => {
  expect(stageLine(view({ status: 'created', stage: 'created', step: 'waiting' }))).toBe(
    'Waiting for a free worker',
  );
  expect(
    stageLine(view({ currentSeconds: 41, totalSeconds: 187, speed: 52.3, estimatedTimeRemaining: 2.8 })),
  ).toBe('Converting · 0:41 of 3:07 · 52 × real time · 3 s left');
  expect(stageLine(view({ currentSeconds: 41 }))).toBe('Converting · 0:41 so far');
  expect(stageLine(view({ attempt: 2, speed: 1.25 }))).toBe('Converting · 1.3 × real time · try 2');
  expect(uploadLine({ sentBytes: 12e6, totalBytes: 40e6, bytesPerSecond: 8.1e6, secondsLeft: 3.5 })).toBe(
    'Uploading · 12 MB of 40 MB · 8.1 MB/s · 4 s left',
  );
  expect(uploadLine({ sentBytes: 0, totalBytes: 40e6, bytesPerSecond: null, secondsLeft: null })).toBe(
    'Uploading · 0 B of 40 MB',
  );
});
