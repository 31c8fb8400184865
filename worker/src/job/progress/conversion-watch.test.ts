/** What readers of a conversion see, with real FFmpeg: sources that say how long they are, and sources that do not. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBench, roomyLimits } from '@wavefleet/audio/conversion.testing.ts';
import { encode } from '@wavefleet/audio/encode.ts';
import { folderFiles } from '@wavefleet/audio/folder-files.ts';
import { planConversion } from '@wavefleet/audio/plan/plan.ts';
import { probe } from '@wavefleet/audio/probing/probe.ts';
import type { ProgressReport } from '@wavefleet/contracts/progress.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchConversion } from './conversion-watch.ts';
import { ProgressReporter } from './progress-reporter.ts';

/**
 * Long enough for a dozen of FFmpeg's blocks; and before anything is known of a live source its length is guessed, which must
 * not be a great part of the conversion.
 */
const SECONDS = 300;
const noise = ['-f', 'lavfi', '-i', `anoisesrc=r=44100:a=0.1:c=pink:d=${SECONDS}`, '-ac', '2'];
/** Sources as programs write them that cannot go back: to a pipe, live. */
const sources = {
  'live.mka': [...noise, '-c:a', 'flac', '-compression_level', '0', '-f', 'matroska', '-live', '1'],
  'live.webm': [
    ...noise,
    '-c:a',
    'libopus',
    '-b:a',
    '96k',
    '-compression_level',
    '0',
    '-f',
    'webm',
    '-live',
    '1',
  ],
  'radio.aac': [...noise, '-c:a', 'aac', '-aac_coder', 'fast', '-f', 'adts'],
  'no-xing.mp3': [
    ...noise,
    '-c:a',
    'libmp3lame',
    '-compression_level',
    '9',
    '-write_xing',
    '0',
    '-id3v2_version',
    '0',
  ],
  'known.wav': [...noise],
} as const;

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** Converts the source to MP3 and answers all that was reported of it, with what was true at that moment. */
async function reportsOf(name: keyof typeof sources): Promise<ProgressReport[]> {
  const tools = await bench.folderWith(await bench.make(name, sources[name]));
  const source = await probe(tools);
  const { size: sizeBytes } = await stat(join(tools.cwd, folderFiles.input));
  const { plan } = planConversion(source, 'mp3', undefined, {});
  const reports: ProgressReport[] = [];
  const sink = {
    write: async (report: ProgressReport) => {
      reports.push(report);
      return true;
    },
    persist: async () => {},
  };
  const job = { jobId: '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01', ownerId: 'me', attempt: 1 };
  const progress = new ProgressReporter(sink, makeLog('test', 'silent'), job);
  progress.enter('convert');
  const watch = watchConversion({ options: {}, progress }, source, sizeBytes);
  await encode(tools, plan, {
    output: 'out',
    input: source.facts,
    limits: roomyLimits(plan.expectedSeconds),
    onProgress: (step) => progress.update('convert', watch(step)),
  });
  progress.stop();
  return reports;
}

test.each(Object.keys(sources) as (keyof typeof sources)[])('%s', async (name) => {
  const reports = await reportsOf(name);
  expect(reports.length).toBeGreaterThan(2);
  let lowest = Number.POSITIVE_INFINITY;
  let last: ProgressReport | undefined;
  for (const report of reports) {
    const { percent, currentTime, estimatedTimeRemaining: left } = report;
    expect(percent).toBeGreaterThanOrEqual(last?.percent ?? 10);
    expect(percent).toBeLessThan(90);
    // Where FFmpeg really is, on the scale of this stage.
    const true10 = 10 + (80 * (currentTime ?? 0)) / SECONDS;
    expect(Math.abs(percent - true10)).toBeLessThan(10);
    if (left !== null) {
      expect(left).toBeLessThanOrEqual(lowest * 1.2 + 1e-9);
      lowest = Math.min(lowest, left);
    }
    last = report;
  }
  const moving = new Set(reports.map(({ percent }) => percent));
  expect(moving.size).toBeGreaterThan(reports.length / 2);
  expect(last?.totalDuration).toBe(name === 'known.wav' ? SECONDS : null);
});
