/**
 * One process at a time on a data folder. The lock is LevelDB's own: the system drops it with the process that holds it,
 * however that ends, so that none is ever stale.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Level } from 'level';

/** A stack whose parent was killed ends by itself, and may take so long over answers under way. */
const WAIT_MS = 5_000;
const ASK_EVERY_MS = 100;

/** How a stack's process ends that found its folder in use; no other end of Node has this code. */
export const DATA_IN_USE_EXIT_CODE = 75;

/** Another process has the folder. */
export class DataInUse extends Error {
  constructor(dataDir: string) {
    super(`another stack already runs on ${dataDir}`);
    this.name = 'DataInUse';
  }
}

/** What lies there cannot be opened. */
export class DataUnreadable extends Error {
  /** @param error of LevelDB, which says in its cause what is wrong. */
  constructor(path: string, error: unknown) {
    const { message } =
      error instanceof Error && error.cause instanceof Error ? error.cause : new Error(String(error));
    super(`${path} cannot be opened (${message}). Make room, or bring back a copy.`);
    this.name = 'DataUnreadable';
  }
}

/**
 * Takes the folder for this process.
 * @param waitMs how long somebody else may still have it. Answers what gives it back.
 * @throws DataInUse, DataUnreadable
 */
export async function lockData(dataDir: string, waitMs = WAIT_MS): Promise<() => Promise<void>> {
  const deadline = performance.now() + waitMs;
  const folder = join(dataDir, 'lock');
  for (let isFresh = false; ; ) {
    const lock = new Level(folder);
    try {
      await lock.open();
      return () => lock.close();
    } catch (error) {
      if (!isLocked(error)) {
        if (isFresh) throw new DataUnreadable(folder, error);
        // Damaged, by a power loss perhaps. It holds nothing that could be lost.
        rmSync(folder, { recursive: true, force: true });
        isFresh = true;
        continue;
      }
      if (performance.now() > deadline) throw new DataInUse(dataDir);
      await sleep(ASK_EVERY_MS);
    }
  }
}

function isLocked(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
}
