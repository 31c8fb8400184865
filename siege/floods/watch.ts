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

/** What was seen. */
export interface Seen {
  readonly livenessP99Ms: number;
  /** Of a server that does nothing else, asked in between. */
  readonly bystanderP99Ms: number;
  readonly rssBytes: number;
  /** Shares of the time that the API's thread computed, and that it was ready to and got no core. */
  readonly busy: number;
  readonly waiting: number;
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
  const before = threadOf(api.pid);
  const startedAt = performance.now();
  try {
    const result = await work();
    const ms = performance.now() - startedAt;
    const after = threadOf(api.pid);
    const told = once(prober, 'message');
    prober.send('enough');
    const [liveness = [], other = []] = z.array(z.array(z.number())).parse((await told)[0]);
    const seen = {
      livenessP99Ms: p99(liveness),
      bystanderP99Ms: p99(other),
      rssBytes,
      busy: (after.ranMs - before.ranMs) / ms,
      waiting: (after.waitedMs - before.waitedMs) / ms,
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

/** Of a process' first thread, which is JavaScript's: nanoseconds on a core, and in the queue for one. */
function threadOf(pid: number): { readonly ranMs: number; readonly waitedMs: number } {
  const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number);
  return { ranMs: ran / 1e6, waitedMs: waited / 1e6 };
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.POSITIVE_INFINITY;
}
