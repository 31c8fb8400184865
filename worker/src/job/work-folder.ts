/** The folder of one attempt: whether there is room in it, and its end. `work-dir.ts` makes it. */
import { rm, statfs } from 'node:fs/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';

export async function removeWorkFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Room for the input, the output and some air. @throws Failure DISK_FULL when it is not there. */
export async function requireRoom(folder: string, inputSizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < inputSizeBytes * 3) throw new Failure('DISK_FULL');
}
