/** `--measure`: what jobs cost in processor time, by running some through a real fleet with one worker. */
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { execa } from 'execa';
import { quantile } from '../figures.ts';
import { cpuSeconds } from '../processes.ts';
import { type ScratchFleet, withFleet } from '../scratch-fleet.ts';
import { type JobTimes, type MeasuredFormat, measuredFormats } from './job-times.ts';

const ROUNDS = 3;
const CLIPS = 8;
const CLIP_SECONDS = 1;
const LONG_SECONDS = 300;

/** Processor time rather than wall time: it does not depend on what else the machine does. */
export async function measureJobTimes(say: (line: string) => void): Promise<JobTimes> {
  requirePrograms();
  return await withFleet({ workers: 1, env: { WORKER_CONCURRENCY: '1' } }, async (scratch) => {
    const clip = await upload(scratch, 'clip.flac', CLIP_SECONDS);
    const long = await upload(scratch, 'long.flac', LONG_SECONDS);
    await cpuPerJob(scratch, clip, 'mp3', CLIPS);
    const short = new Map<MeasuredFormat, number[]>();
    const full = new Map<MeasuredFormat, number[]>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const format of measuredFormats) {
        append(short, format, await cpuPerJob(scratch, clip, format, CLIPS));
        append(full, format, await cpuPerJob(scratch, long, format, 1));
      }
      say(`measured round ${round} of ${ROUNDS}`);
    }
    const costOf = (format: MeasuredFormat) => {
      const atClip = median(short.get(format));
      const perSecond = (median(full.get(format)) - atClip) / (LONG_SECONDS - CLIP_SECONDS);
      return {
        fixedCpuSeconds: round(atClip - perSecond * CLIP_SECONDS),
        cpuSecondsPerMinute: round(perSecond * 60),
      };
    };
    return {
      measuredAt: new Date().toISOString(),
      method: `CPU seconds of the worker and its FFmpeg processes, default qualities, 44.1 kHz stereo FLAC in; medians of ${ROUNDS} rounds of ${CLIPS} clips of ${CLIP_SECONDS} s and one file of ${LONG_SECONDS} s per format`,
      machine: {
        cpu: `${cpus()[0]?.model ?? 'unknown'}, ${process.arch}`,
        cores: availableParallelism(),
        ffmpeg: (await execa('ffmpeg', ['-version'])).stdout.split(' ')[2] ?? 'unknown',
        node: process.version,
      },
      costs: { mp3: costOf('mp3'), m4a: costOf('m4a'), opus: costOf('opus'), flac: costOf('flac') },
    };
  });
}

async function upload({ client, dir }: ScratchFleet, name: string, seconds: number): Promise<string> {
  const path = join(dir, name);
  await makeSample(path, { seconds });
  return (await uploadFile(client, path)).fileId;
}

async function cpuPerJob(
  { client, fleet }: ScratchFleet,
  fileId: string,
  format: MeasuredFormat,
  jobs: number,
): Promise<number> {
  const pid = fleet.workers[0]?.pid ?? 0;
  const before = cpuSeconds(pid);
  const submitted = await Promise.all(
    Array.from({ length: jobs }, () => client.jobs.submit({ fileId, format })),
  );
  for (const { jobId } of submitted) {
    const { status } = await client.jobs.waitForEnd(jobId, { timeoutMs: 120_000, everyMs: 200 });
    if (status !== 'completed') throw new Error(`a measured job is ${status}`);
  }
  const after = cpuSeconds(pid);
  return (after.own - before.own + after.children - before.children) / jobs;
}

function append(map: Map<MeasuredFormat, number[]>, format: MeasuredFormat, value: number): void {
  map.set(format, [...(map.get(format) ?? []), value]);
}

function median(values: readonly number[] = []): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
