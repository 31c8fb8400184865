/**
 * A sign of life for whoever runs the container: a file that is touched as long as the event loop turns and the
 * work folder can be written to. Its age is all that a health check has to look at (`worker/health-check.sh`).
 * It says nothing about AWS: a restart heals no outage elsewhere.
 */
import { utimes, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Log } from '@wavefleet/platform/log/log.ts';

/** Six touches fit into the 30 s after which the health check calls the worker dead. */
const TOUCH_EVERY_MS = 5_000;

/**
 * Touches `file` at once and then every `everyMs`, through a drain as well, until the function that it answers is
 * called. A touch that fails is logged once and tried again.
 * @param file undefined: nobody looks, nothing happens.
 * @param everyMs default 5,000.
 */
export function startLiveness(
  file: string | undefined,
  log: Pick<Log, 'say'>,
  everyMs = TOUCH_EVERY_MS,
): () => void {
  const stop = new AbortController();
  if (file !== undefined) void keepTouching(file, log, everyMs, stop.signal);
  return () => stop.abort();
}

async function keepTouching(
  file: string,
  log: Pick<Log, 'say'>,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  let told = false;
  while (!signal.aborted) {
    try {
      await touch(file);
      told = false;
    } catch (error) {
      if (!told) log.say('worker.not-alive', { file, err: error });
      told = true;
    }
    await setTimeout(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Needs no free block on a full disk once the file is there. */
async function touch(file: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(file, now, now);
  } catch {
    await writeFile(file, '');
  }
}
