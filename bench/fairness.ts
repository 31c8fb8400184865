/** `fairness`: how long one owner's job takes behind a thousand of another's, against an idle fleet of two workers. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import type { Job, Timings } from '@wavefleet/contracts/job.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { type Figure, figureOf, quantile } from './figures.ts';
import { withFleet } from './scratch-fleet.ts';

const FLOOD = 1_000;
const QUIET = 20;
const SIDE_BY_SIDE = 10;

export async function benchFairness(): Promise<Figure[]> {
  return await withFleet({ workers: 2 }, async ({ fleet, client, dir }) => {
    const input = join(dir, 'tiny.wav');
    await makeSample(input, { seconds: 1 });
    const { fileId } = await uploadFile(client, input);
    const platform = makePlatform(
      loadConfig({ ...fleet.env, LOG_LEVEL: 'silent' }),
      makeLog('bench', 'silent'),
    );
    try {
      await until('redis is connected', () => platform.redis?.isUp() === true);
      const { jobId } = await client.jobs.submit({ fileId, format: 'mp3' });
      await client.jobs.waitForEnd(jobId);
      const model = await platform.jobs.get(jobId);
      if (model === undefined) throw new Error('the first job is gone');
      const idle = await oneAfterTheOther(platform, model);
      for (let sent = 0; sent < FLOOD; sent += SIDE_BY_SIDE) {
        await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => submitFor(platform, model, 'flooder')));
      }
      const flooded = await oneAfterTheOther(platform, model);
      // The same work: what it takes longer is the machine's, for whoever waits in the queue as well.
      const stretch = Math.max(1, medianOf(flooded.map(workedOf)) / medianOf(idle.map(workedOf)));
      const basis = `${QUIET} jobs of one owner, one after the other, 2 workers, 1 s WAV to MP3`;
      return [
        figureOf(
          'fairness.idle',
          'ms',
          idle.map(totalOf),
          `from submit to end, nothing else to do; ${basis}`,
        ),
        figureOf(
          'fairness.flooded',
          'ms',
          flooded.map(totalOf),
          `from submit to end, behind ${FLOOD} of another; ${basis}`,
        ),
        figureOf(
          'fairness.worked',
          'ms',
          flooded.map(workedOf),
          `its stages alone, behind ${FLOOD} of another; ${basis}`,
        ),
        figureOf(
          'fairness.p95.clock',
          'ratio',
          [p95(flooded.map(totalOf)) / p95(idle.map(totalOf))],
          '95th percentile flooded / idle, on a machine whose cores are all busy',
        ),
        figureOf(
          'fairness.p95',
          'ratio',
          [p95(flooded.map(totalOf)) / stretch / p95(idle.map(totalOf))],
          `the same without what stages took longer for want of cores (${stretch.toFixed(2)} times as long)`,
        ),
      ];
    } finally {
      platform.close();
    }
  });
}

const quantileOf = (values: readonly number[], q: number) =>
  quantile(
    values.toSorted((a, b) => a - b),
    q,
  );
const medianOf = (values: readonly number[]) => quantileOf(values, 0.5);
const p95 = (values: readonly number[]) => quantileOf(values, 0.95);

/** From a job's creation to its end, in ms. */
const totalOf = ({ total }: Timings) => total;
/** What a worker did for it, in ms. */
const workedOf = ({ total: _total, queued: _queued, ...stages }: Timings) =>
  Object.values(stages).reduce((sum, ms) => sum + ms, 0);

async function oneAfterTheOther(platform: Platform, model: Job): Promise<Timings[]> {
  const all: Timings[] = [];
  while (all.length < QUIET) {
    const jobId = await submitFor(platform, model, 'quiet');
    const { timings } = await until(
      'the job is over',
      async () => {
        const job = await platform.jobs.get(jobId);
        return job?.status === 'completed' ? job : undefined;
      },
      600_000,
    );
    if (timings !== undefined) all.push(timings);
  }
  return all;
}

async function submitFor(platform: Platform, model: Job, ownerId: string): Promise<string> {
  const jobId = randomUUID();
  const { source, inputS3Location, fileName } = model;
  await submitJob(platform, {
    ...{ jobId, ownerId, source, input: inputS3Location, fileName },
    ...{ format: 'mp3', options: {} },
  });
  return jobId;
}
