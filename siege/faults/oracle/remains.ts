/** Clauses (e) and (f): nothing is left at work, or on the queues. */
import type { Job } from '@wavefleet/contracts/job.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { ffmpegsIn, filesBelow } from '@wavefleet/tests/bring-up/observers.ts';
import type { Rig } from '../rig/rig.ts';
import type { Expected } from './expected.ts';

/** A message that nobody may see yet, an outbox that is the sweeper's: each has its time, and then none is left. */
export const SETTLE_MS = 30_000;

/** Clause (e). */
export async function leftBehind(rig: Rig, jobs: readonly Job[]): Promise<string[]> {
  const found: string[] = [];
  const { fleet } = rig;
  const files = async () =>
    (await Promise.all(fleet.workers.map((_, index) => filesBelow(fleet.workDir(index))))).flat();
  await until('no work folder', async () => (await files()).length === 0, SETTLE_MS).catch(() => undefined);
  const left = await files();
  if (left.length > 0) found.push(`(e) files are left at work: ${left.slice(0, 3).join(', ')}`);
  await until('no FFmpeg', async () => (await ffmpegsIn(fleet.dir)).length === 0, 5_000).catch(
    () => undefined,
  );
  const running = await ffmpegsIn(fleet.dir);
  if (running.length > 0) found.push(`(e) ${running.length} FFmpeg processes are still running`);
  for (const { jobId, lease } of jobs) if (lease !== undefined) found.push(`(e) job ${jobId} has a lease`);
  return found;
}

/** Clause (f). */
export async function queues({ platform }: Rig, { deadLetters = 0 }: Expected): Promise<string[]> {
  const signal = AbortSignal.timeout(SETTLE_MS * 2);
  let depth = { waiting: 0, inFlight: 0 };
  const isEmpty = async () => {
    depth = await platform.queue.depth(signal);
    return depth.waiting + depth.inFlight === 0;
  };
  const found: string[] = [];
  await until('the queue is empty', isEmpty, SETTLE_MS).catch(() =>
    found.push(
      `(f) ${depth.waiting} messages wait and ${depth.inFlight} are in flight ${SETTLE_MS} ms after the last job`,
    ),
  );
  const dead = await platform.queue.deadLetters(signal);
  if (dead !== deadLetters) found.push(`(f) ${dead} dead letters, and ${deadLetters} were expected`);
  return found;
}
