/**
 * The steps of an upload in parts, between the record and S3. Either may be ahead of the other by a lost answer, so
 * each step can be repeated.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ObjectRef } from '@wavefleet/contracts/job.ts';
import {
  isGone,
  missingParts,
  type OpenUpload,
  partBytesOf,
  partCountOf,
  type Upload,
} from '@wavefleet/contracts/uploads.ts';
import {
  isInvalidPart,
  isMissing,
  isMissingUpload,
  isPreconditionFailed,
} from '@wavefleet/platform/aws/errors.ts';
import { refusalOfStored } from '@wavefleet/platform/storage/early-look.ts';
import { uploadTtl } from '@wavefleet/platform/uploads/uploads.ts';
import type { Context } from 'hono';
import type { AppEnv } from '../http/context.ts';
import { ownedUpload } from '../http/owner.ts';
import type { UploadDeps } from './deps.ts';

/** The numbers in an error answer; who has more to send learns the rest by asking for the upload. */
const MISSING_SHOWN = 1_000;

/**
 * The caller's upload, when it still takes parts.
 * @throws Failure UPLOAD_NOT_FOUND, UPLOAD_COMPLETE.
 */
export async function openUpload(c: Context<AppEnv>, deps: UploadDeps, fileId: string): Promise<OpenUpload> {
  const upload = await ownedUpload(c, deps, fileId);
  if (upload.state === 'complete') throw new Failure('UPLOAD_COMPLETE');
  return upload;
}

/**
 * The size that part `partNumber` must have.
 * @throws Failure INVALID_PART_NUMBER when the upload has no such part.
 */
export function requiredBytes(upload: OpenUpload, partNumber: number): number {
  const { sizeBytes, partSizeBytes } = upload;
  const partCount = partCountOf(sizeBytes, partSizeBytes);
  if (partNumber < 1 || partNumber > partCount) {
    throw new Failure('INVALID_PART_NUMBER', { detail: { partNumber, partCount } });
  }
  return partBytesOf(partNumber, sizeBytes, partSizeBytes);
}

/**
 * Joins the parts and makes the upload one that jobs can read. Whoever comes second, or again, gets the same answer.
 * What certainly is neither audio nor video is removed.
 * @throws Failure UPLOAD_INCOMPLETE with what is missing; UNRECOGNISED_FORMAT, FORMAT_NOT_ALLOWED; UPLOAD_NOT_FOUND
 *   when it was removed meanwhile; SERVICE_UNAVAILABLE while neither parts nor object are to be seen.
 */
export async function finishUpload(deps: UploadDeps, upload: OpenUpload): Promise<Upload> {
  await joinParts(deps, upload);
  const { uploads, objects } = deps;
  const stored = await objects.head(upload.key);
  if (stored === undefined) return await joinedElsewhere(deps, upload);
  if (stored.sizeBytes !== upload.sizeBytes) {
    await removeUnfinished(deps, upload);
    throw new Failure('UPLOAD_NOT_FOUND');
  }
  // Parts may have gone straight to S3: only now can their beginning be seen.
  const refusal = await refusalOfStored(objects, stored).catch((error: unknown) => {
    // Given up meanwhile: the record says so, in the next step.
    if (isMissing(error) || isPreconditionFailed(error)) return undefined;
    throw error;
  });
  if (refusal !== undefined) {
    await removeUnfinished(deps, upload);
    throw refusal;
  }
  const finished = await uploads.finish(upload, stored, uploadTtl(Date.now()));
  if (finished === undefined) return await settledElsewhere(deps, upload, stored);
  deps.log.say('upload.stored', {
    fileId: upload.fileId,
    bucket: stored.bucket,
    key: stored.key,
    sizeBytes: stored.sizeBytes,
    parts: partCountOf(upload.sizeBytes, upload.partSizeBytes),
    ms: Math.max(0, Date.now() - Date.parse(upload.createdAt)),
    table: deps.config.UPLOADS_TABLE,
  });
  return finished;
}

async function joinParts({ parts }: UploadDeps, upload: OpenUpload): Promise<void> {
  const listed = await parts.list(upload);
  // Joined already, by a request whose answer was lost or by one under way beside this one; or dropped.
  if (listed === undefined) return;
  const missing = missingParts(listed, upload);
  if (missing.length > 0) throw incomplete(missing);
  const wanted = listed.slice(0, partCountOf(upload.sizeBytes, upload.partSizeBytes));
  try {
    await parts.complete(upload, wanted);
  } catch (error) {
    if (isInvalidPart(error)) throw incomplete([], error);
    if (!isMissingUpload(error)) throw error;
  }
}

function incomplete(missing: readonly number[], cause?: unknown): Failure {
  const detail = { missing: missing.slice(0, MISSING_SHOWN), missingCount: missing.length };
  return new Failure('UPLOAD_INCOMPLETE', { detail, cause });
}

/**
 * Neither parts nor object: finished meanwhile, removed meanwhile, or another request is joining at this moment (S3:
 * for minutes), so nothing is thrown away here.
 * @throws Failure UPLOAD_NOT_FOUND when it was removed, SERVICE_UNAVAILABLE while it may be joined.
 */
export async function joinedElsewhere(
  { uploads }: UploadDeps,
  { fileId, ownerId }: OpenUpload,
): Promise<Upload> {
  const now = await uploads.getAnyOwned(fileId, ownerId);
  if (now.state === 'complete') return now;
  throw new Failure('SERVICE_UNAVAILABLE');
}

/**
 * The record was no longer open: finished by another request or by a try of this one whose answer was lost, or removed, and
 * then the object must not stay. Whose it is says nothing about that: it may have become an account's meanwhile.
 * @throws Failure UPLOAD_NOT_FOUND.
 */
async function settledElsewhere(
  { uploads, objects }: UploadDeps,
  { fileId, ownerId }: OpenUpload,
  stored: ObjectRef,
): Promise<Upload> {
  const now = await uploads.get(fileId);
  if (now === undefined || isGone(now)) await objects.remove([stored.key]);
  return await uploads.getOwned(fileId, ownerId);
}

/**
 * Removes an unfinished upload. Its record says first that it goes, so that nobody can go on with it, and itself goes
 * last: a removal that breaks off can be repeated. Answers false when it was finished meanwhile.
 */
export async function removeUnfinished(
  deps: Pick<UploadDeps, 'uploads' | 'parts' | 'objects' | 'log' | 'config' | 'quotas'>,
  upload: OpenUpload,
): Promise<boolean> {
  const { uploads, parts, objects, log, config } = deps;
  const buried = await uploads.removals.buryUnfinished(upload.fileId);
  if (buried === undefined) return false;
  await parts.abort(buried);
  // Joined by a request that died before it could say so.
  await objects.remove([buried.key]);
  const { fileId, bucket, key, state } = buried;
  await uploads.removals.forget(fileId);
  await deps.quotas.forgetUpload(buried.ownerId, fileId);
  log.say('upload.removed', { fileId, bucket, key, state, table: config.UPLOADS_TABLE });
  return true;
}
