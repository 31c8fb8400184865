/**
 * How the API is doing while something happens: how fast it says that it lives, how much memory it holds, and whose doing
 * it is when it is slow: its own, when its one thread computes; the machine's, when that thread waits for a core.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const RSS_EVERY_MS = 100;

/** Shares of the time that a process' first thread, which is JavaScript's, computed, and that it was ready to and got no core. */
export interface CoreTime {
  readonly busy: number;
  readonly waiting: number;
}

/** What was seen; the shares are the API's. */
export interface Seen extends CoreTime {
  readonly livenessP99Ms: number;
  /** Of a server that does nothing else, asked in between. */
  readonly bystanderP99Ms: number;
  readonly rssBytes: number;
}

/**
 * How many times longer than its own computing a process takes that shares this machine with all the others: 1 where it
 * never waits for a core. On AWS caller, API, services and workers have cores of their own, and it is 1.
 */
export function stretchOf({ busy, waiting }: CoreTime): number {
  return busy === 0 ? 1 : (busy + waiting) / busy;
}

/** Runs `work` and looks on. @param pid of the API. */
export async function watched<T>(
  api: { readonly url: string; readonly pid: number },
  work: () => Promise<T>,
): Promise<{ result: T; seen: Seen }> {
  const bystander = fork(join(import.meta.dirname, 'bystander.ts'));
  const { port } = z.object({ port: z.int() }).parse((await once(bystander, 'message'))[0]);
  const urls = [`${api.url}/api/health/live`, `http://127.0.0.1:${port}/`];
  const prober = fork(join(import.meta.dirname, 'prober.ts'), urls);
  await once(prober, 'message');
  let rssBytes = 0;
  const timer = setInterval(() => {
    rssBytes = Math.max(rssBytes, rssOf(api.pid));
  }, RSS_EVERY_MS);
  const coreTime = coreTimeSince(api.pid);
  try {
    const result = await work();
    const shares = coreTime();
    const told = once(prober, 'message');
    prober.send('enough');
    const [liveness = [], other = []] = z.array(z.array(z.number())).parse((await told)[0]);
    const seen = {
      livenessP99Ms: p99(liveness),
      bystanderP99Ms: p99(other),
      rssBytes,
      ...shares,
    };
    return { result, seen };
  } finally {
    clearInterval(timer);
    prober.kill();
    bystander.kill();
  }
}

/** proc(5): VmRSS, in kB. */
function rssOf(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Counts from now on. @returns what tells the shares of the time since. */
export function coreTimeSince(pid: number): () => CoreTime {
  const [startedAt, ...before] = countersOf(pid);
  return () => {
    const [now, ...after] = countersOf(pid);
    const ms = now - startedAt;
    return { busy: (after[0] - before[0]) / ms, waiting: (after[1] - before[1]) / ms };
  };
}

/** The time, and what the kernel has counted by then: ns on a core, and in the queue for one; all in ms. */
function countersOf(pid: number): [now: number, ran: number, waited: number] {
  const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number);
  return [performance.now(), ran / 1e6, waited / 1e6];
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.POSITIVE_INFINITY;
}
