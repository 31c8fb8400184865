/**
 * `saturated`: a queue full of long files before one worker with as many slots as cores: jobs per CPU second of the worker
 * and its children, against the same files through the system's ffmpeg, one after the other.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { bareMp3Seconds } from './bare-mp3.ts';
import { withEachFfmpeg } from './each-ffmpeg.ts';
import { type Figure, figureOf } from './figures.ts';
import { cpuSeconds } from './processes.ts';
import { runJobs } from './run-jobs.ts';
import { withFleet } from './scratch-fleet.ts';

const ROUNDS = 5;
const FILES = 8;
const SECONDS = 120;

/** @param only one of the parts of {@link withEachFfmpeg}. @param rounds of each side. */
export async function benchSaturated(only?: string, rounds = ROUNDS): Promise<Figure[]> {
  return await withEachFfmpeg('saturated', only, (name, env) => measure(name, env, rounds));
}

async function measure(name: string, ffmpeg: Record<string, string>, rounds: number): Promise<Figure[]> {
  const slots = availableParallelism();
  const env = { WORKER_CONCURRENCY: String(slots), ...ffmpeg };
  return await withFleet({ workers: 1, env }, async ({ fleet, client, dir }) => {
    const input = join(dir, 'long.wav');
    await makeSample(input, { seconds: SECONDS });
    const { fileId } = await uploadFile(client, input);
    const pid = fleet.workers[0]?.pid ?? 0;
    const fleetJobs = async () => {
      const before = cpuSeconds(pid);
      await runJobs(client, FILES, { fileId, format: 'mp3', quality: '192k' });
      const after = cpuSeconds(pid);
      return { node: after.own - before.own, children: after.children - before.children };
    };
    // What a worker loads with its first job, it loads once.
    await runJobs(client, slots, { fileId, format: 'mp3' });
    const [ratios, nodes, children]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      const bare = await bareMp3Seconds(input, dir, FILES);
      const ours = await fleetJobs();
      ratios.push(bare / (ours.node + ours.children));
      nodes.push((ours.node * 1_000) / FILES);
      children.push((ours.children * 1_000) / FILES);
    }
    const basis = `${FILES} WAVs of ${SECONDS} s to MP3, one worker of ${slots} slots`;
    return [
      figureOf(
        name,
        'ratio',
        ratios,
        `jobs per CPU second of the worker and its children / bare ffmpeg loop, ${basis}`,
        'work',
      ),
      figureOf(`${name}.node`, 'CPU-ms', nodes, `of one job, the worker itself, ${basis}`),
      figureOf(
        `${name}.children`,
        'CPU-ms',
        children,
        `of one job, FFmpeg and what goes before it, ${basis}`,
      ),
    ];
  });
}
