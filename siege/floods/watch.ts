/** How the API is doing while something happens: how fast it says that it lives, and how much memory it holds. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const RSS_EVERY_MS = 100;

/** What was seen. */
export interface Seen {
  readonly livenessP99Ms: number;
  readonly rssBytes: number;
}

/** Runs `work` and looks on. @param pid of the API. */
export async function watched<T>(
  api: { readonly url: string; readonly pid: number },
  work: () => Promise<T>,
): Promise<{ result: T; seen: Seen }> {
  const prober = fork(join(import.meta.dirname, 'prober.ts'), [`${api.url}/api/health/live`]);
  await once(prober, 'message');
  let rssBytes = 0;
  const timer = setInterval(() => {
    rssBytes = Math.max(rssBytes, rssOf(api.pid));
  }, RSS_EVERY_MS);
  try {
    const result = await work();
    const told = once(prober, 'message');
    prober.send('enough');
    const latencies = z.array(z.number()).parse((await told)[0]);
    return { result, seen: { livenessP99Ms: p99(latencies), rssBytes } };
  } finally {
    clearInterval(timer);
    prober.kill();
  }
}

/** proc(5): VmRSS, in kB. */
function rssOf(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.POSITIVE_INFINITY;
}
