/** F53: a worker whose disk is full. */
import { join } from 'node:path';
import { cannotMount, mountSmallDisk } from '@wavefleet/tests/bring-up/small-disk.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { type FaultCase, require } from './case.ts';

const DISK = '8m';

/** A disk of that size at a folder of its own. */
async function withSmallDisk<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const disk = await mountSmallDisk(DISK);
  try {
    return await use(disk.dir);
  } finally {
    await disk.remove();
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
    // Chance may give a job to that worker again.
    return { jobs, extraAttempts: struck, extraAttemptsOfJob: struck };
  });
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
