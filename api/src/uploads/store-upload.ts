/** An upload that comes in one request, into the storage and the table. */
import { randomUUID } from 'node:crypto';
import { uploadKey } from '@wavefleet/contracts/keys.ts';
import type { Upload } from '@wavefleet/contracts/uploads.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { uploadTtl } from '@wavefleet/platform/uploads/uploads.ts';
import { begun, reasonOf, storeBody } from './body-stream.ts';
import type { UploadDeps } from './deps.ts';
import type { UploadedFile } from './uploaded-file.ts';

/** What the record says of a file beside its bytes. */
type Described = Pick<Upload, 'ownerId' | 'fileName' | 'kind' | 'startSeen'>;

/**
 * Bytes first, then the record: a record always has its bytes. What stays without a record expires.
 * @throws what `storeBody` throws; Failure STORED_BYTES_LIMIT.
 */
export async function storeUpload(
  { objects, uploads, uploadWriter, quotas, log, config }: UploadDeps,
  { body, declaredBytes }: UploadedFile,
  described: Described,
): Promise<Upload> {
  const begunAt = new Date().toISOString();
  await begun(body);
  const fileId = randomUUID();
  const key = uploadKey(fileId, described.fileName);
  const where = { fileId, bucket: objects.bucket, key };
  const { ownerId } = described;
  await quotas.holdBytes(ownerId, fileId, declaredBytes ?? 0);
  const startedAtMs = performance.now();
  log.say('upload.begun', { ...where, sizeBytes: declaredBytes, parts: 1 });
  const { etag } = await storeBody(body, (signal) =>
    uploadWriter.file(key, body, declaredBytes, signal),
  ).catch(async (error: unknown) => {
    await quotas.forgetUpload(ownerId, fileId);
    log.say('upload.broken', { ...where, receivedBytes: body.bytes, reason: reasonOf(error) });
    throw error;
  });
  const now = Date.now();
  const upload: Upload = {
    fileId,
    ...described,
    createdAt: new Date(now).toISOString(),
    begunAt,
    ttl: uploadTtl(now),
    state: 'complete',
    location: { bucket: objects.bucket, key, sizeBytes: body.bytes, etag },
    uploadedSize: body.bytes,
    totalChunks: 1,
    completedChunks: 1,
    updatedAt: new Date(now).toISOString(),
  };
  try {
    // Only now is it known how much a body of unknown length weighs.
    if (declaredBytes === undefined) {
      await quotas.forgetUpload(ownerId, fileId);
      await quotas.holdBytes(ownerId, fileId, body.bytes);
    }
    await uploads.create(upload);
  } catch (error) {
    await quotas.forgetUpload(ownerId, fileId);
    await objects.remove([key]).catch(() => undefined);
    throw error;
  }
  const { sizeBytes } = upload.location;
  log.say('upload.stored', {
    ...where,
    sizeBytes,
    parts: 1,
    ms: msSince(startedAtMs),
    table: config.UPLOADS_TABLE,
  });
  return upload;
}
