/** What a job's readers get to see, and when: with Redis, without it, and while nothing moves. */
import type { ProgressNotes, ProgressReport } from '@wavefleet/contracts/progress.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProgressReporter } from './progress-reporter.ts';

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'],
  });
});
afterEach(() => vi.useRealTimers());

const job = { jobId: '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01', ownerId: 'ann', attempt: 1 };

/** A reporter, and all that it sends, with the second in which it did, and how old it was then. */
function stand({ redis = true } = {}) {
  const written: (ProgressReport & { at: number; ageMs: number })[] = [];
  const persisted: (ProgressReport & ProgressNotes & { at: number })[] = [];
  const startedAt = performance.now();
  const at = () => Math.round(performance.now() - startedAt) / 1000;
  const state = { redis };
  const reporter = new ProgressReporter(
    {
      write: async (report) => {
        const ageMs = Date.now() - Date.parse(report.updatedAt);
        if (state.redis) written.push({ ...report, at: at(), ageMs });
        return state.redis;
      },
      persist: async (report, notes) => {
        persisted.push({ ...report, ...notes, at: at() });
      },
    },
    makeLog('test', 'silent'),
    job,
  );
  return { reporter, written, persisted, state };
}

/** FFmpeg's blocks, four a second. */
async function convert(reporter: ProgressReporter, seconds: number, ofSeconds = 100): Promise<void> {
  for (let block = 1; block <= seconds * 4; block += 1) {
    await vi.advanceTimersByTimeAsync(250);
    reporter.update('convert', { fraction: block / 4 / ofSeconds });
  }
}

test('a worker that lives says so every second, also when nothing moves', async () => {
  const { reporter, written } = stand();
  reporter.enter('verify');
  await vi.advanceTimersByTimeAsync(3_500);
  expect(written.map(({ at }) => at)).toEqual([0, 1, 2, 3]);
  expect(
    written.map(({ updatedAt }) => Date.parse(updatedAt)).every((t, i, all) => t > (all[i - 1] ?? 0)),
  ).toBe(true);
  expect(written[0]).toMatchObject({ ownerId: 'ann', startTime: expect.any(Number), percent: 90 });
  reporter.stop();
  await vi.advanceTimersByTimeAsync(5_000);
  reporter.update('verify', { fraction: 1 });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(written).toHaveLength(4);
});

test('the table is written every ten seconds', async () => {
  const { reporter, persisted } = stand();
  reporter.enter('convert');
  await convert(reporter, 35);
  expect(persisted.map(({ at }) => at)).toEqual([10, 20, 30]);
});

test('while Redis is away, the table is written at once and more often, and no longer than that', async () => {
  const { reporter, persisted, state } = stand({ redis: false });
  reporter.enter('convert');
  await convert(reporter, 6);
  expect(persisted.map(({ at }) => at)).toEqual([1.5, 3, 4.5, 6]);
  expect(persisted[0]?.percent).toBeGreaterThan(10);
  state.redis = true;
  await convert(reporter, 12);
  expect(persisted.map(({ at }) => at).slice(4)).toEqual([16]);
  state.redis = false;
  await convert(reporter, 4);
  expect(persisted.map(({ at }) => at)[5]).toBeLessThanOrEqual(20);
});

test('the percent never falls, and the time left is what was last guessed, steadied', async () => {
  const { reporter, written } = stand();
  reporter.enter('download');
  reporter.update('download', { fraction: 1, uploadedSize: 10, totalSize: 10 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(written.at(-1)).toMatchObject({ percent: 10, estimatedTimeRemaining: null });
  const shown: unknown[] = [];
  for (const [fraction, secondsLeft] of [
    [0.1, 7.6],
    [0.05, 75.4],
    [0.2, 9],
    [0.3, 4],
  ] as const) {
    reporter.update('convert', { fraction, secondsLeft });
    await vi.advanceTimersByTimeAsync(1_000);
    shown.push([written.at(-1)?.percent, written.at(-1)?.estimatedTimeRemaining]);
    expect(reporter.secondsLeft).toBe(secondsLeft);
  }
  expect(shown).toEqual([
    [18, 7.6],
    [18, null],
    [26, 9],
    [34, 4],
  ]);
  reporter.enter('verify');
  await vi.advanceTimersByTimeAsync(0);
  expect(written.at(-1)).toMatchObject({ percent: 90, estimatedTimeRemaining: 4 });
  reporter.stop();
});

test('a draining worker has a guess for a job that was too short to be told a time', async () => {
  const { reporter, written } = stand();
  reporter.enter('download');
  expect(reporter.secondsLeft).toBeNull();
  await vi.advanceTimersByTimeAsync(900);
  reporter.update('convert', { fraction: 1, secondsLeft: null });
  reporter.enter('verify');
  expect(reporter.secondsLeft).toBeCloseTo(0.1);
  expect(written.at(-1)?.estimatedTimeRemaining).toBeNull();
  reporter.stop();
});

test('a failed attempt leaves in the table why, and the last words of FFmpeg', async () => {
  const { reporter, persisted, written } = stand();
  reporter.enter('convert');
  reporter.noteLog('[flac @ 0x1] invalid residual\n');
  reporter.fail('The file is damaged.');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(persisted).toMatchObject([
    { error: 'The file is damaged.', ffmpegLogs: ['[flac @ 0x1] invalid residual'], percent: 10 },
  ]);
  expect(written).toHaveLength(1);
});

test('a job that goes through all stages in no time is shown at its start, and where it has got to', async () => {
  const { reporter, written } = stand();
  for (const stage of ['download', 'probe', 'convert', 'verify', 'upload'] as const) {
    reporter.enter(stage);
    reporter.update(stage, { fraction: 1 });
    await vi.advanceTimersByTimeAsync(30);
  }
  await vi.advanceTimersByTimeAsync(200);
  expect(written.map(({ stage, at }) => [stage, at])).toEqual([
    ['download', 0],
    ['verify', 0.1],
    ['upload', 0.2],
  ]);
  reporter.stop();
});

test('two FFmpegs that tell four times a second each: nothing waits for more than 100 ms', async () => {
  const { reporter, written } = stand();
  for (let block = 1; block <= 8; block += 1) {
    reporter.update('convert', { fraction: block / 10 });
    await vi.advanceTimersByTimeAsync(40);
    reporter.update('convert', { fraction: block / 10 + 0.05 });
    await vi.advanceTimersByTimeAsync(210);
  }
  expect(written.map(({ ageMs }) => ageMs)).toEqual(
    Array.from({ length: 16 }, (_, index) => (index % 2) * 60),
  );
  reporter.stop();
});
