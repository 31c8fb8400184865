/** Uploads in parts, between the record and S3. Either may be ahead of the other by a lost answer; each step can be repeated. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ObjectRef } from '@wavefleet/contracts/job.ts';
import {
  missingParts,
  type OpenUpload,
  partBytesOf,
  partCountOf,
  type StoredUpload,
  type Upload,
  type UploadMode,
  type UploadPart,
  type UploadView,
} from '@wavefleet/contracts/uploads.ts';
import { isInvalidPart, isMissingUpload } from '@wavefleet/platform/aws/errors.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { uploadTtl } from './upload-retention.ts';

/** The numbers in an error answer; who has more to send learns the rest by asking for the upload. */
const MISSING_SHOWN = 1_000;

interface PartedFile {
  readonly sizeBytes: number;
  readonly partSizeBytes: number;
}

export function uploadMode({ config }: Platform): UploadMode {
  return config.S3_BROWSER_ACCESS ? 'direct' : 'proxy';
}

/** @throws Failure as `joinedElsewhere` when S3 shows neither parts nor the joined object. */
export async function uploadView(platform: Platform, upload: StoredUpload): Promise<UploadView> {
  if (upload.state === 'uploading') {
    const parts = await presentParts(platform, upload);
    if (parts === undefined) return await uploadView(platform, await joinedElsewhere(platform, upload));
    return viewOf(upload, uploadMode(platform), upload, parts);
  }
  const { sizeBytes } = upload.location;
  // Sent in one request, an upload was one part.
  const file = { sizeBytes, partSizeBytes: upload.partSizeBytes ?? sizeBytes };
  return viewOf(upload, uploadMode(platform), file, everyPart(file));
}

/** Pure. @param parts those that are there. */
export function viewOf(
  upload: StoredUpload,
  mode: UploadMode,
  { sizeBytes, partSizeBytes }: PartedFile,
  parts: UploadPart[],
): UploadView {
  const missing = missingParts(parts, { sizeBytes, partSizeBytes });
  const absent = missing.reduce((sum, part) => sum + partBytesOf(part, sizeBytes, partSizeBytes), 0);
  const isOpen = upload.state === 'uploading';
  return {
    fileId: upload.fileId,
    state: upload.state,
    fileName: upload.fileName,
    sizeBytes,
    partSizeBytes,
    partCount: partCountOf(sizeBytes, partSizeBytes),
    mode,
    createdAt: upload.createdAt,
    expiresAt: isOpen ? upload.expiresAt : null,
    ...(isOpen && upload.fingerprint !== undefined ? { fingerprint: upload.fingerprint } : {}),
    parts,
    missing,
    receivedBytes: sizeBytes - absent,
  };
}

/** Undefined when S3 shows neither parts nor the joined object. */
async function presentParts(
  { parts, objects }: Platform,
  upload: OpenUpload,
): Promise<UploadPart[] | undefined> {
  const listed = await parts.list(upload);
  if (listed !== undefined) return listed.map(({ partNumber, sizeBytes }) => ({ partNumber, sizeBytes }));
  // Joined, but the record does not say so yet: completing again settles it.
  return (await objects.head(upload.key)) === undefined ? undefined : everyPart(upload);
}

function everyPart({ sizeBytes, partSizeBytes }: PartedFile): UploadPart[] {
  return Array.from({ length: partCountOf(sizeBytes, partSizeBytes) }, (_, index) => ({
    partNumber: index + 1,
    sizeBytes: partBytesOf(index + 1, sizeBytes, partSizeBytes),
  }));
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
 * The upload, when it still takes parts.
 * @throws Failure UPLOAD_NOT_FOUND, UPLOAD_COMPLETE.
 */
export async function openUpload(
  { uploads }: Platform,
  fileId: string,
  ownerId: string,
): Promise<OpenUpload> {
  const upload = await uploads.getAnyOwned(fileId, ownerId);
  if (upload.state === 'complete') throw new Failure('UPLOAD_COMPLETE');
  return upload;
}

/**
 * Joins the parts and makes the upload one that jobs can read. Whoever comes second, or again, gets the same answer.
 * @throws Failure UPLOAD_INCOMPLETE with what is missing; UPLOAD_NOT_FOUND when it was removed meanwhile;
 *   SERVICE_UNAVAILABLE while neither parts nor object are to be seen.
 */
export async function completeUpload(platform: Platform, upload: OpenUpload): Promise<Upload> {
  await joinParts(platform, upload);
  const { uploads, objects } = platform;
  const stored = await objects.head(upload.key);
  if (stored === undefined) return await joinedElsewhere(platform, upload);
  if (stored.sizeBytes !== upload.sizeBytes) {
    await discardOpen(platform, upload);
    throw new Failure('UPLOAD_NOT_FOUND');
  }
  const finished = await uploads.finish(upload.fileId, stored, uploadTtl(Date.now()));
  return finished ?? (await settledElsewhere(platform, upload, stored));
}

/**
 * Neither parts nor object: finished meanwhile, removed meanwhile, or another request is joining at this moment (S3:
 * for minutes), so nothing is thrown away here.
 * @throws Failure UPLOAD_NOT_FOUND when it was removed, SERVICE_UNAVAILABLE while it may be joined.
 */
async function joinedElsewhere({ uploads }: Platform, { fileId, ownerId }: OpenUpload): Promise<Upload> {
  const now = await uploads.getAnyOwned(fileId, ownerId);
  if (now.state === 'complete') return now;
  throw new Failure('SERVICE_UNAVAILABLE');
}

async function joinParts({ parts }: Platform, upload: OpenUpload): Promise<void> {
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

/** The record was no longer open: finished by another request, or removed, and then the object must not stay. */
async function settledElsewhere(
  { uploads, objects }: Platform,
  { fileId, ownerId }: OpenUpload,
  stored: ObjectRef,
): Promise<Upload> {
  try {
    return await uploads.getOwned(fileId, ownerId);
  } catch (error) {
    if (error instanceof Failure && error.code === 'UPLOAD_NOT_FOUND') await objects.remove([stored.key]);
    throw error;
  }
}

/**
 * Removes an unfinished upload. The record goes first: then nobody can go on with it, and what a crash leaves of
 * its parts is swept. Answers false when it was finished meanwhile.
 */
export async function discardOpen(
  { uploads, parts, objects }: Platform,
  upload: OpenUpload,
): Promise<boolean> {
  const removed = await uploads.removeOpen(upload.fileId);
  if (removed === undefined) return false;
  await parts.abort(removed);
  // Joined by a request that died before it could say so.
  await objects.remove([removed.key]);
  return true;
}
