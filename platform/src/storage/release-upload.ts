/** The bytes of an upload go with the last job that reads them. Every step may be repeated. */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { Upload } from '@wavefleet/contracts/uploads.ts';
import type { ObjectStore } from './objects.ts';
import type { UploadStore } from './uploads.ts';

interface ReleaseDeps {
  readonly uploads: Pick<UploadStore, 'unlink' | 'removeUnused'>;
  readonly objects: Pick<ObjectStore, 'remove'>;
}

/** Lets go of the job's upload; the last job to let go takes the bytes along. Answers how many objects went. */
export async function releaseUpload(deps: ReleaseDeps, { source, jobId }: Job): Promise<number> {
  if (source.kind !== 'upload') return 0;
  const unused = await deps.uploads.unlink(source.fileId, jobId);
  return unused === undefined ? 0 : await removeUnusedUpload(deps, unused);
}

/** The record first, on condition that no job has linked it meanwhile: then nobody can reach the bytes. */
export async function removeUnusedUpload({ uploads, objects }: ReleaseDeps, upload: Upload): Promise<number> {
  if (!(await uploads.removeUnused(upload.fileId))) return 0;
  await objects.remove([upload.location.key]);
  return 1;
}
