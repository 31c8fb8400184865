/** One folder per attempt below WORK_DIR, for this process alone; leftovers of a killed one are swept at start. */
import { mkdir, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { jobIdSchema } from '@wavefleet/contracts/job.ts';

/** Makes an empty folder with mode 0700. */
export async function makeWorkFolder(workDir: string, jobId: string, attempt: number): Promise<string> {
  await mkdir(workDir, { recursive: true });
  return await mkdtemp(join(workDir, `${jobId}.${attempt}.`));
}

export async function removeWorkFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/**
 * Removes what a killed predecessor left. WORK_DIR belongs to one worker process.
 * @returns how many folders were removed, and the jobs that they were made for.
 */
export async function sweepWorkDir(workDir: string): Promise<{ folders: number; jobIds: string[] }> {
  await mkdir(workDir, { recursive: true, mode: 0o711 });
  const leftovers = await readdir(workDir);
  await Promise.all(leftovers.map((name) => removeWorkFolder(join(workDir, name))));
  const jobIds = new Set(leftovers.map(jobOfFolder).filter((jobId) => jobId !== undefined));
  return { folders: leftovers.length, jobIds: [...jobIds] };
}

/** The job that a folder's name begins with. */
function jobOfFolder(name: string): string | undefined {
  return jobIdSchema.safeParse(name.split('.')[0]).data;
}

/** Room for the input, the output and some air. @throws Failure DISK_FULL when it is not there. */
export async function requireRoom(folder: string, inputSizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < inputSizeBytes * 3) throw new Failure('DISK_FULL');
}
