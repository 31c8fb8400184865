/** `POST /api/uploads`: begins an upload in parts, which can go on after a broken line or a closed page. */
import { randomUUID } from 'node:crypto';
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { uploadKey } from '@wavefleet/contracts/keys.ts';
import {
  choosePartSize,
  createUploadBodySchema,
  type OpenUpload,
  partCountOf,
  uploadViewSchema,
} from '@wavefleet/contracts/uploads.ts';
import { uploadModeOf } from '@wavefleet/platform/config.ts';
import { displayName } from '@wavefleet/platform/storage/file-names.ts';
import { UPLOAD_CONTENT_TYPE } from '@wavefleet/platform/storage/upload-writer.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { note } from '../http/request-facts.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import { tooLarge } from './body-stream.ts';
import type { UploadDeps } from './deps.ts';
import { viewOf } from './upload-view.ts';

const HOUR_MS = 3_600_000;
/** DynamoDB drops the record this long after the upload has expired. */
const RECORD_REST_SECONDS = 86_400;

const route = createRoute({
  method: 'post',
  path: '/api/uploads',
  summary: 'Begin an upload in parts',
  description:
    'Part n, counted from 1, starts at byte `(n-1)·partSizeBytes`; each has `partSizeBytes` bytes, and the last one has the rest. Parts may be sent in any order, several at once, and more than once.',
  middleware: jsonBody,
  request: { body: jsonRequest(createUploadBodySchema) },
  responses: {
    201: jsonAnswer('The upload has begun; its parts are awaited until `expiresAt`.', uploadViewSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'CSRF_REJECTED',
      'PAYLOAD_TOO_LARGE',
      'UPLOAD_TOO_LARGE',
      'PLAN_UPLOAD_LIMIT',
      'UNSUPPORTED_MEDIA_TYPE',
      'EMPTY_FILE',
      'OVERLOADED',
      'OPEN_UPLOADS_LIMIT',
      'STORED_BYTES_LIMIT',
    ),
  },
});

export const createUpload = ({
  admission,
  quotas,
  submissions,
  config,
  objects,
  parts,
  uploads,
  log,
}: UploadDeps): Router =>
  router().openapi(route, async (c) => {
    await admission.admit();
    const { fileName, sizeBytes, fingerprint } = c.req.valid('json');
    if (sizeBytes === 0) throw new Failure('EMPTY_FILE');
    const { upload: limit } = quotas.planOf(c.var.owner.id);
    if (sizeBytes > limit.limitBytes) throw tooLarge(limit);
    const fileId = randomUUID();
    note(c, { fileId, sizeBytes });
    const name = displayName(fileName);
    const key = uploadKey(fileId, name);
    const partSizeBytes = choosePartSize(sizeBytes);
    const ownerId = c.var.owner.id;
    await quotas.openUpload(ownerId, fileId, sizeBytes);
    const giveUp = async (error: unknown) => {
      await quotas.forgetUpload(ownerId, fileId);
      throw error;
    };
    const multipartId = await submissions
      .run(ownerId, () => parts.begin(key, UPLOAD_CONTENT_TYPE))
      .catch(giveUp);
    const now = Date.now();
    const expiresAtMs = now + config.UPLOAD_EXPIRY_HOURS * HOUR_MS;
    const upload: OpenUpload = {
      fileId,
      ownerId,
      fileName: name,
      createdAt: new Date(now).toISOString(),
      ttl: Math.floor(expiresAtMs / 1000) + RECORD_REST_SECONDS,
      state: 'uploading',
      bucket: objects.bucket,
      key,
      multipartId,
      sizeBytes,
      partSizeBytes,
      expiresAt: new Date(expiresAtMs).toISOString(),
      fingerprint,
      uploadedSize: 0,
      totalChunks: partCountOf(sizeBytes, partSizeBytes),
      completedChunks: 0,
      updatedAt: new Date(now).toISOString(),
    };
    try {
      await uploads.create(upload);
    } catch (error) {
      await parts.abort(upload).catch(() => undefined);
      await giveUp(error);
    }
    log.say('upload.begun', {
      fileId,
      bucket: objects.bucket,
      key,
      sizeBytes,
      parts: partCountOf(sizeBytes, partSizeBytes),
      partSizeBytes,
    });
    return c.json(viewOf(upload, uploadModeOf(config), upload, []), 201);
  });
