/** `tiny`: 1-second clips through one saturated worker, by processor time, against a loop of the system's ffmpeg. */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { bareMp3Seconds } from './bare-mp3.ts';
import { withEachFfmpeg } from './each-ffmpeg.ts';
import { type Figure, figureOf } from './figures.ts';
import { cpuSeconds } from './processes.ts';
import { withFleet } from './scratch-fleet.ts';

const ROUNDS = 5;
const CLIPS = 40;

/** @param only one of the parts of {@link withEachFfmpeg}. @param rounds of each. */
export async function benchTiny(only?: string, rounds = ROUNDS): Promise<Figure[]> {
  return await withEachFfmpeg('tiny', only, (name, env) => measure(name, env, rounds));
}

/** CPU-ms of one job. */
interface OneJob {
  readonly node: number;
  readonly children: number;
}

async function measure(name: string, env: Record<string, string>, rounds: number): Promise<Figure[]> {
  return await withFleet({ workers: 1, env }, async ({ fleet, client, dir }) => {
    const input = join(dir, 'tiny.wav');
    await makeSample(input, { seconds: 1 });
    const { fileId } = await uploadFile(client, input);
    const pid = fleet.workers[0]?.pid ?? 0;

    const convertAll = async (): Promise<OneJob> => {
      const before = cpuSeconds(pid);
      const jobs = await Promise.all(
        Array.from({ length: CLIPS }, () => client.jobs.submit({ fileId, format: 'mp3' })),
      );
      for (const { jobId } of jobs) {
        const { status } = await client.jobs.waitForEnd(jobId, { timeoutMs: 120_000, everyMs: 200 });
        if (status !== 'completed') throw new Error(`a tiny job is ${status}`);
      }
      const after = cpuSeconds(pid);
      const perJob = (seconds: number): number => (seconds * 1000) / CLIPS;
      return { node: perJob(after.own - before.own), children: perJob(after.children - before.children) };
    };
    await convertAll();
    const [ratios, nodes, children]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      const bare = ((await bareMp3Seconds(input, dir, CLIPS)) * 1000) / CLIPS;
      const job = await convertAll();
      ratios.push(bare / (job.node + job.children));
      nodes.push(job.node);
      children.push(job.children);
    }
    const basis = 'jobs per CPU second of the worker and its children / bare ffmpeg loop, 1 s WAV to MP3';
    return [
      figureOf(name, 'ratio', ratios, basis, 'work'),
      figureOf(`${name}.node`, 'CPU-ms', nodes, 'of one job, the worker itself'),
      figureOf(`${name}.children`, 'CPU-ms', children, 'of one job, FFmpeg and what goes before it'),
    ];
  });
}
