/** F53: a worker whose disk is full. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { type FaultCase, require } from './case.ts';

const DISK = '8m';

/** A disk of that size at a folder of its own. */
async function withSmallDisk<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'wavefleet-disk-'));
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=755`, 'tmpfs', dir]);
  try {
    await chmod(dir, 0o755);
    return await use(dir);
  } finally {
    await execa('umount', ['-l', dir]);
    await rm(dir, { recursive: true, force: true });
  }
}

/** It takes jobs as the others do, and FFmpeg finds its disk full. */
async function fullDisk(rig: Rig) {
  return await withSmallDisk(async (dir) => {
    const onSmallDisk = `case "$PWD" in ${dir}/*)\nmark full\nhead -c 20000000 /dev/zero > filler 2>/dev/null\n;; esac`;
    await rig.ffmpeg.behaves(whileConverting(onSmallDisk));
    const noFloor = { FREE_DISK_WARN_BYTES: '0', FREE_DISK_REFUSE_BYTES: '0' };
    await rig.fleet.addWorker({ WORK_DIR: join(dir, 'work'), ...noFloor });
    const jobs = await rig.load.submit(rig.jobs);
    await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
    const struck = await rig.ffmpeg.traces('full');
    await rig.fleet.removeLast();
    require(struck > 0, 'the worker with the full disk had no job');
    return { jobs, extraAttempts: struck };
  });
}

/** Only root may mount, and not in every container. */
function cannotMount(): string | undefined {
  const tried = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt']);
  return tried.status === 0 ? undefined : 'a small disk cannot be mounted here; it takes root';
}

export const diskCases: readonly FaultCase[] = [
  {
    id: 'F53',
    breaks: 'the disk of one worker is full in mid-conversion',
    seen: 'jobs that it takes end a little later, elsewhere',
    how: `WORK_DIR of a third worker on a tmpfs of ${DISK}iB that its FFmpeg fills`,
    unavailable: cannotMount,
    run: fullDisk,
  },
];
