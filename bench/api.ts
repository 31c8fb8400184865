/**
 * `api`: accepted jobs per second, against a route on the same server that does nothing; what one costs the API, and how
 * long the slowest of a hundred waits.
 */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { Child } from '@wavefleet/localstack/child.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { z } from 'zod';
import { type Figure, figureOf, quantile } from './figures.ts';
import { cpuSeconds } from './processes.ts';
import { withFleet } from './scratch-fleet.ts';

const ROUNDS = 5;
const REQUESTS = 300;
const AT_ONCE = 10;
const FILES = 100;

export async function benchApi(_part?: string, rounds = ROUNDS): Promise<Figure[]> {
  return await withFleet({ workers: 0 }, async ({ fleet, client, dir }) => {
    const input = join(dir, 'input.wav');
    await makeSample(input, { seconds: 1 });
    // As many files as users would bring: the record of one that thousands of jobs read would be the bottleneck.
    const bodies: string[] = [];
    for (let file = 0; file < FILES; file += 1) {
      const { fileId } = await uploadFile(client, input);
      bodies.push(JSON.stringify({ fileId, format: 'mp3' }));
    }
    const bare = new Child({
      name: 'bare-server',
      entry: join(import.meta.dirname, 'bare-server.ts'),
      env: fleet.env,
      logFile: join(fleet.logDir, 'bare-server.log'),
    });
    try {
      const { listening } = z.object({ listening: z.int() }).parse(await bare.ready);
      const ratios: number[] = [];
      const rates: number[] = [];
      const cpu: number[] = [];
      const tails: number[] = [];
      const apiPid = fleet.api.pid;
      await submitAll(fleet.apiUrl, bodies);
      await submitAll(`http://127.0.0.1:${listening}`, bodies);
      for (let round = 0; round < rounds; round += 1) {
        const { perSecond: yardstick } = await submitAll(`http://127.0.0.1:${listening}`, bodies);
        const before = cpuSeconds(apiPid).own;
        const { perSecond: ours, p99Ms } = await submitAll(fleet.apiUrl, bodies);
        cpu.push(((cpuSeconds(apiPid).own - before) * 1000) / REQUESTS);
        tails.push(p99Ms);
        rates.push(ours);
        ratios.push(ours / yardstick);
      }
      const setting = `${AT_ONCE} requests at once, no worker running`;
      return [
        figureOf('api.submit', 'ratio', ratios, `jobs accepted per second / bare Hono route, ${setting}`),
        figureOf(
          'api.submit.rate',
          '1/s',
          rates,
          `jobs accepted per second on the embedded stack, ${setting}`,
        ),
        figureOf('api.cpu', 'CPU-ms', cpu, `of the API itself for one accepted job, ${setting}`),
        figureOf(
          'api.p99',
          'ms',
          tails,
          `from POST to the whole answer, 99th percentile of ${REQUESTS}, ${setting}`,
        ),
      ];
    } finally {
      await bare.stop();
    }
  });
}

/** Requests answered with 202 per second, and how long the slowest of a hundred took. */
async function submitAll(
  baseUrl: string,
  bodies: readonly string[],
): Promise<{ readonly perSecond: number; readonly p99Ms: number }> {
  let left = REQUESTS;
  const tookMs: number[] = [];
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const sentAtMs = performance.now();
      const answer = await fetch(`${baseUrl}/api/jobs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: bodies[left % FILES] ?? '',
      });
      const text = await answer.text();
      if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${text}`);
      tookMs.push(performance.now() - sentAtMs);
    }
  };
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  const perSecond = (REQUESTS * 1000) / (performance.now() - startedAtMs);
  return {
    perSecond,
    p99Ms: quantile(
      tookMs.toSorted((a, b) => a - b),
      0.99,
    ),
  };
}
