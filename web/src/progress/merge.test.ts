/** Reports out of order never turn a job back. */
import { view } from '@wavefleet/client/samples.testing.ts';
import { expect, test } from 'vitest';
import { mergeProgress } from './merge.ts';

const later = '2026-01-01T00:00:02.000Z';

test('the percent never falls, also not when another worker starts over', () => {
  const held = view({ progress: 60 });
  expect(mergeProgress(undefined, held)).toBe(held);
  expect(mergeProgress(held, view({ progress: 70, updatedAt: later })).progress).toBe(70);
  const restarted = mergeProgress(
    held,
    view({ progress: 5, attempt: 2, step: 'download', updatedAt: later }),
  );
  expect(restarted).toMatchObject({ progress: 60, attempt: 2, step: 'download' });
});

test('what is older is ignored', () => {
  const held = view({ progress: 60, attempt: 2, updatedAt: later });
  expect(mergeProgress(held, view({ progress: 90, attempt: 1, updatedAt: later }))).toBe(held);
  expect(mergeProgress(held, view({ progress: 70, attempt: 2 }))).toBe(held);
});

test('an end is final', () => {
  const failed = view({ status: 'failed', progress: -1, stage: 'failed', step: 'done' });
  expect(mergeProgress(view({ progress: 95, updatedAt: later }), failed)).toBe(failed);
  expect(mergeProgress(failed, view({ progress: 99, updatedAt: later }))).toBe(failed);
});
