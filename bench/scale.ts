/**
 * `scale`: short clips before one, two, four and eight workers of one slot each, on the same cores. Where there are fewer
 * cores than workers the rate says little; jobs per CPU second say whether workers get into each other's way. `scale:4` takes
 * four workers, beside one.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { type Figure, figureOf } from './figures.ts';
import { partsOf } from './parts.ts';
import { cpuSeconds } from './processes.ts';
import { runJobs } from './run-jobs.ts';
import { withFleet } from './scratch-fleet.ts';
import { timedMs } from './timed.ts';

const ROUNDS = 5;
const CLIPS = 40;
const SECONDS = 10;
const counts = [1, 2, 4, 8];

/** @param only how many workers. Default: all counts. @param rounds of each. */
export async function benchScale(only?: string, rounds = ROUNDS): Promise<Figure[]> {
  const chosen = [...new Set([1, ...partsOf('scale', counts, String, only)])];
  return await withFleet({ workers: 1 }, async ({ fleet, client, dir }) => {
    const input = join(dir, 'clip.wav');
    await makeSample(input, { seconds: SECONDS });
    const { fileId } = await uploadFile(client, input);
    const body = { fileId, format: 'mp3' } as const;
    const found = new Map(chosen.map((count) => [count, { rates: [], efforts: [], shares: [] } as Rounds]));
    for (let round = 0; round < rounds; round += 1) {
      let alone = Number.NaN;
      for (const count of chosen) {
        while (fleet.workers.length > count) await fleet.removeLast();
        while (fleet.workers.length < count) await fleet.addWorker();
        // Each has had a job before: what it loads for the first one, it loads once.
        await runJobs(client, count * 2, body);
        const before = usedBy(fleet.workers);
        const tookMs = await timedMs(() => runJobs(client, CLIPS, body));
        const perCpuSecond = CLIPS / (usedBy(fleet.workers) - before);
        if (count === 1) alone = perCpuSecond;
        const { rates, efforts, shares } = found.get(count) ?? { rates: [], efforts: [], shares: [] };
        rates.push((CLIPS * 1_000) / tookMs);
        efforts.push(perCpuSecond);
        shares.push(perCpuSecond / alone);
      }
    }
    return [...found].flatMap(([count, { rates, efforts, shares }]) => {
      const basis = `${SECONDS} s WAV to MP3, ${count} workers of one slot on ${availableParallelism()} cores`;
      return [
        figureOf(`scale.${count}.rate`, '1/s', rates, `jobs, from the first POST to the last end, ${basis}`),
        figureOf(
          `scale.${count}.effort`,
          '1/CPU-s',
          efforts,
          `jobs, of workers and their children, ${basis}`,
        ),
        figureOf(`scale.${count}`, 'ratio', shares, `jobs per CPU second / those of one worker, ${basis}`),
      ];
    });
  });
}

interface Rounds {
  readonly rates: number[];
  readonly efforts: number[];
  readonly shares: number[];
}

/** CPU seconds of workers and their children. */
function usedBy(workers: readonly { readonly pid: number }[]): number {
  return workers.reduce((sum, { pid }) => {
    const { own, children } = cpuSeconds(pid);
    return sum + own + children;
  }, 0);
}
