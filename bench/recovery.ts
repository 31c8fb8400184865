/** `recovery`: from the signal that ends a worker to the same job running on another one. */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { shortClocks } from '@wavefleet/localstack/short-clocks.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { type Figure, figureOf } from './figures.ts';
import { partsOf } from './parts.ts';
import { type ScratchFleet, withFleet } from './scratch-fleet.ts';

const ROUNDS = 5;

const { VISIBILITY_TIMEOUT_MS, LEASE_MS } = shortClocks;
const deaths = [
  { name: 'term', signal: 'SIGTERM', env: {}, clocks: 'default clocks' },
  {
    name: 'kill',
    signal: 'SIGKILL',
    env: shortClocks,
    clocks: `visibility ${VISIBILITY_TIMEOUT_MS} ms, lease ${LEASE_MS} ms (defaults: 60,000 and 45,000)`,
  },
] as const;

/** @param only `term` or `kill`. Default: both. */
export async function benchRecovery(only?: string, rounds = ROUNDS): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, signal, env, clocks } of partsOf('recovery', deaths, (death) => death.name, only)) {
    const times = await measure(signal, env, rounds);
    figures.push(figureOf(`recovery.${name}`, 'ms', times, `${signal} → running elsewhere, ${clocks}`));
  }
  return figures;
}

async function measure(
  signal: 'SIGTERM' | 'SIGKILL',
  env: Record<string, string>,
  rounds: number,
): Promise<number[]> {
  return await withFleet({ workers: 2, env }, async (scratch) => {
    const { fleet, client, dir } = scratch;
    const platform = makePlatform(
      loadConfig({ ...fleet.env, LOG_LEVEL: 'silent' }),
      makeLog('bench', 'silent'),
    );
    try {
      const input = join(dir, 'input.wav');
      // Longer than the drain would wait for.
      await makeSample(input, { seconds: 3_600, sampleRate: 48_000 });
      const { fileId } = await uploadFile(client, input);
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        times.push(await handOver(scratch, platform, fileId, signal));
        await fleet.addWorker();
      }
      return times;
    } finally {
      platform.close();
    }
  });
}

async function handOver(
  { fleet, client }: ScratchFleet,
  platform: Platform,
  fileId: string,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<number> {
  const { jobId } = await client.jobs.submit({ fileId, format: 'mp3' });
  for await (const { step, progress } of client.progress.events(jobId))
    if (step === 'convert' && progress > 11) break;
  const victim = await until('the worker that converts', async () => {
    for (const [index, worker] of fleet.workers.entries()) {
      const files = await fleet.workFiles(index);
      if (worker.alive && files.some((file) => file.startsWith(jobId))) return worker;
    }
    return undefined;
  });
  const startedAtMs = performance.now();
  victim.process.kill(signal);
  await until('the next attempt', async () => (await platform.jobs.get(jobId))?.attempt === 2, 120_000);
  const tookMs = performance.now() - startedAtMs;
  await fetch(`${fleet.apiUrl}/api/jobs/${jobId}`, { method: 'DELETE' });
  await victim.ended;
  // The second worker notices the cancel with its next heartbeat; until then it could take nobody's job over.
  await until('the cancelled job is let go', async () => {
    const files = await Promise.all(
      fleet.workers.map(async (worker, index) => (worker.alive ? await fleet.workFiles(index) : [])),
    );
    return files.flat().length === 0;
  });
  return tookMs;
}
