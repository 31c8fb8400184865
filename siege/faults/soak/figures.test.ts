/** How long a job was nobody's, though somebody could have had it. */
import { expect, test } from 'vitest';
import type { Write } from '../history/history.ts';
import { longestUnleased } from './figures.ts';

const write = (startedAtMs: number, leasedUntilMs: number): Write => ({
  ...{ kind: 'write', jobId: 'j', caller: 'worker-1', what: 'claim', status: 'processing', attempt: 1 },
  ...{ owner: 'w', nowMs: startedAtMs, startedAtMs, endedAtMs: startedAtMs + 10 },
  lease: { owner: 'w', untilMs: leasedUntilMs },
});

test('from the end of a lease to the next write, and never less than nothing', () => {
  expect(longestUnleased([write(0, 3_000), write(2_000, 5_000), write(13_000, 16_000)], [])).toEqual({
    fromMs: 5_000,
    ms: 8_000,
  });
  expect(longestUnleased([write(0, 3_000), write(1_000, 4_000)], [])).toEqual({ fromMs: 0, ms: 0 });
});

test('while nobody could take it over the clock stands, and begins anew afterwards', () => {
  const writes = [write(0, 3_000), write(20_000, 23_000)];
  const ms = (...spans: [number, number][]) =>
    longestUnleased(
      writes,
      spans.map(([fromMs, untilMs]) => ({ fromMs, untilMs })),
    ).ms;
  expect(ms([4_000, 14_000])).toBe(6_000);
  expect(ms([0, 2_000])).toBe(17_000);
  expect(ms([1_000, 5_000], [19_000, 30_000])).toBe(14_000);
  expect(ms([0, 30_000])).toBe(0);
});
