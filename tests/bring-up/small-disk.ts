/** A disk that is soon full, really: a file system of its own in memory. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A disk, mounted at a folder of its own. */
export interface SmallDisk {
  readonly dir: string;
  /** Gone, whatever is still open on it. */
  remove(): Promise<void>;
}

/** @param size as mount(8) takes it: `8m`. */
export async function mountSmallDisk(size: string): Promise<SmallDisk> {
  const dir = await mkdtemp(join(tmpdir(), 'wavefleet-disk-'));
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', dir]);
  await chmod(dir, 0o755);
  return {
    dir,
    async remove() {
      await execa('umount', ['-l', dir]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Why there can be none: only root may mount, and not in every container. Undefined where there can. */
export function cannotMount(): string | undefined {
  const tried = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt']);
  return tried.status === 0 ? undefined : 'a small disk cannot be mounted here; it takes root';
}
