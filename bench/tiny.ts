/**
 * `tiny`: 1-second clips through one saturated worker, by processor time, against a loop of the system's ffmpeg.
 * `tiny:system` and `tiny:static` run with the system's FFmpeg and with that of `npm run ffmpeg:build`; `tiny` with both.
 */
import { join } from 'node:path';
import { ownBuild } from '@wavefleet/audio/own-build.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { bareMp3Seconds } from './bare-mp3.ts';
import { type Figure, figureOf } from './figures.ts';
import { cpuSeconds } from './processes.ts';
import { withFleet } from './scratch-fleet.ts';

const ROUNDS = 5;
const CLIPS = 40;
const system = { FFMPEG_PATH: 'ffmpeg', FFPROBE_PATH: 'ffprobe' };

/** @param only `system` or `static`. Default: both, and the second where it is built. @param rounds of each. */
export async function benchTiny(only?: string, rounds = ROUNDS): Promise<Figure[]> {
  if (only !== undefined && only !== 'system' && only !== 'static') {
    throw new Error(`tiny has no part ${only}; there are system and static`);
  }
  const own = ownBuild(process.getuid?.());
  if (own === undefined && only !== 'system')
    console.log('tiny.static: there is none, see npm run ffmpeg:build');
  return [
    ...(only === 'static' ? [] : await measure('system', system, rounds)),
    ...(only === 'system' || own === undefined ? [] : await measure('static', { ...own }, rounds)),
  ];
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
      figureOf(`tiny.${name}`, 'ratio', ratios, basis, 'work'),
      figureOf(`tiny.${name}.node`, 'CPU-ms', nodes, 'of one job, the worker itself'),
      figureOf(`tiny.${name}.children`, 'CPU-ms', children, 'of one job, FFmpeg and what goes before it'),
    ];
  });
}
