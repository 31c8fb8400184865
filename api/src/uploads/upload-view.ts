/** What the owner of an upload is told about it. */
import type { Uploaded } from '@wavefleet/contracts/http.ts';
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
import { uploadModeOf } from '@wavefleet/platform/config.ts';
import { joinedElsewhere } from './chunked-upload.ts';
import type { UploadDeps } from './deps.ts';

interface PartedFile {
  readonly sizeBytes: number;
  readonly partSizeBytes: number;
}

/** The answer to an upload, from the record alone, so that every repetition gets the same bytes. */
export function uploadedView(upload: Upload): Uploaded {
  return {
    fileId: upload.fileId,
    sizeBytes: upload.location.sizeBytes,
    fileName: upload.fileName,
    uploadedAt: upload.completedAt ?? upload.createdAt,
  };
}

/**
 * An upload with the parts that S3 has of it.
 * @throws Failure as `joinedElsewhere` when S3 shows neither parts nor the joined object.
 */
export async function uploadView(deps: UploadDeps, upload: StoredUpload): Promise<UploadView> {
  const mode = uploadModeOf(deps.config);
  if (upload.state === 'uploading') {
    const parts = await presentParts(deps, upload);
    if (parts === undefined) return await uploadView(deps, await joinedElsewhere(deps, upload));
    return viewOf(upload, mode, upload, parts);
  }
  const { sizeBytes } = upload.location;
  // Sent in one request, an upload was one part.
  const file = { sizeBytes, partSizeBytes: upload.partSizeBytes ?? sizeBytes };
  return viewOf(upload, mode, file, everyPart(file));
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
    fingerprint: isOpen ? upload.fingerprint : undefined,
    parts,
    missing,
    receivedBytes: sizeBytes - absent,
  };
}

/** Undefined when S3 shows neither parts nor the joined object. */
async function presentParts(
  { parts, objects }: UploadDeps,
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
