/** `POST /api/upload-audio`: one file, streamed into S3 part by part. */
import { randomUUID } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { uploadKey } from '@wavefleet/contracts/keys.ts';
import type { Upload } from '@wavefleet/contracts/uploads.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { displayName } from '@wavefleet/platform/storage/file-names.ts';
import { UPLOAD_CONTENT_TYPE, uploadTtl } from '@wavefleet/platform/storage/uploads.ts';
import { type Router, router } from '../http/context.ts';
import { note } from '../http/request-facts.ts';
import { errorAnswers, jsonAnswer, rawBytes } from '../http/route-parts.ts';
import { begun, reasonOf, storeBody } from './body-stream.ts';
import type { UploadDeps } from './deps.ts';
import { uploadedView } from './upload-view.ts';
import { openUploadedFile, type UploadedFile } from './uploaded-file.ts';

const route = createRoute({
  method: 'post',
  path: '/api/upload-audio',
  summary: 'Upload a file',
  description:
    'The file as the raw body (any Content-Type but JSON and urlencoded), or the first file of a multipart/form-data body. The name comes from the form, from `X-File-Name` (percent-encoded UTF-8) or from `?fileName=`; it is for display only.',
  request: {
    query: z.object({ fileName: z.string().optional() }),
    headers: z.object({ 'x-file-name': z.string().optional() }),
    body: {
      required: true,
      content: {
        'application/octet-stream': rawBytes,
        'audio/*': rawBytes,
        'multipart/form-data': {
          schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } },
        },
      },
    },
  },
  responses: {
    201: jsonAnswer('The file is stored.', uploadedSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'CSRF_REJECTED',
      'UPLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'EMPTY_FILE',
      'UNRECOGNISED_FORMAT',
      'FORMAT_NOT_ALLOWED',
      'OVERLOADED',
    ),
  },
});

export const uploadAudio = (deps: UploadDeps): Router =>
  router().openapi(route, async (c) => {
    await deps.admission.admit();
    const header = c.req.valid('header')['x-file-name'];
    const named = header === undefined ? c.req.valid('query').fileName : percentDecoded(header);
    const file = await openUploadedFile(c.env.incoming, deps.config.MAX_UPLOAD_BYTES);
    const upload = await store(deps, file, c.var.owner.id, displayName(file.fileName ?? named));
    note(c, { fileId: upload.fileId, sizeBytes: upload.location.sizeBytes });
    return c.json(uploadedView(upload), 201);
  });

/** Bytes first, then the record: a record always has its bytes. What stays without a record expires. */
async function store(
  { objects, uploads, uploadWriter, log, config }: UploadDeps,
  { body, declaredBytes }: UploadedFile,
  ownerId: string,
  fileName: string,
): Promise<Upload> {
  await begun(body);
  const fileId = randomUUID();
  const key = uploadKey(fileId, fileName);
  const where = { fileId, bucket: objects.bucket, key };
  const startedAtMs = performance.now();
  log.say('upload.begun', { ...where, sizeBytes: declaredBytes, parts: 1 });
  const { etag } = await storeBody(body, (signal) =>
    uploadWriter.file(key, body, declaredBytes, UPLOAD_CONTENT_TYPE, signal),
  ).catch((error: unknown) => {
    log.say('upload.broken', { ...where, receivedBytes: body.bytes, reason: reasonOf(error) });
    throw error;
  });
  const now = Date.now();
  const upload: Upload = {
    fileId,
    ownerId,
    fileName,
    createdAt: new Date(now).toISOString(),
    ttl: uploadTtl(now),
    state: 'complete',
    startSeen: true,
    location: { bucket: objects.bucket, key, sizeBytes: body.bytes, etag },
    uploadedSize: body.bytes,
    totalChunks: 1,
    completedChunks: 1,
    updatedAt: new Date(now).toISOString(),
  };
  try {
    await uploads.create(upload);
  } catch (error) {
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

/** Header values are ASCII: names come percent-encoded. A name that is not is taken as it is. */
function percentDecoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
