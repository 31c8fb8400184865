/** `PUT /api/uploads/{fileId}/parts/{partNumber}`: one part, handed on to S3. */
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { uploadPartSchema } from '@wavefleet/contracts/uploads.ts';
import { isMissingUpload } from '@wavefleet/platform/aws/errors.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, fileIdParams, jsonAnswer, rawBytes } from '../http/route-parts.ts';
import { begun, readBody, reasonOf, storeBody } from './body-stream.ts';
import { openUpload, requiredBytes } from './chunked-upload.ts';
import type { UploadDeps } from './deps.ts';

const partNumberParam = z
  .string()
  .regex(/^\d{1,5}$/, 'expected a whole number')
  .transform(Number)
  .openapi({ type: 'integer', minimum: 1, maximum: 10_000 });

const route = createRoute({
  method: 'put',
  path: '/api/uploads/{fileId}/parts/{partNumber}',
  summary: 'Send one part through this API',
  description:
    'Needs a Content-Length of exactly the size of the part. A part that is sent again replaces the earlier one.',
  request: {
    params: fileIdParams.extend({ partNumber: partNumberParam }),
    body: { required: true, content: { 'application/octet-stream': rawBytes } },
  },
  responses: {
    200: jsonAnswer('The part is stored.', uploadPartSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_ID',
      'CSRF_REJECTED',
      'UPLOAD_NOT_FOUND',
      'UPLOAD_COMPLETE',
      'INVALID_PART_NUMBER',
      'WRONG_PART_SIZE',
      'TOO_SLOW',
      'UNRECOGNISED_FORMAT',
      'FORMAT_NOT_ALLOWED',
    ),
  },
});

export const putPart = (deps: UploadDeps): Router =>
  router().openapi(route, async (c) => {
    const { fileId, partNumber } = c.req.valid('param');
    const { incoming } = c.env;
    const upload = await openUpload(c, deps, fileId);
    const sizeBytes = requiredBytes(upload, partNumber);
    if (incoming.headers['content-length'] !== String(sizeBytes)) {
      throw new Failure('WRONG_PART_SIZE', { detail: { partNumber, expectedBytes: sizeBytes } });
    }
    const part = { partNumber, sizeBytes };
    const limit = { limitBytes: sizeBytes, code: 'UPLOAD_TOO_LARGE' } as const;
    const bounds = { limit, bytesPerSecond: deps.config.MIN_UPLOAD_BYTES_PER_SECOND };
    const body = readBody(incoming, incoming, bounds, partNumber === 1 ? 'sound' : 'anything');
    await begun(body);
    const startedAtMs = performance.now();
    const where = { fileId, bucket: upload.bucket, key: upload.key, part: partNumber };
    await storeBody(body, (signal) => deps.uploadWriter.part(upload, part, body, signal)).catch(
      async (error: unknown) => {
        deps.log.say('upload.broken', { ...where, receivedBytes: body.bytes, reason: reasonOf(error) });
        if (!(error instanceof Failure) || !isMissingUpload(error.cause)) throw error;
        // Joined or removed while the part was on its way: the record says which.
        await openUpload(c, deps, fileId);
        throw new Failure('UPLOAD_NOT_FOUND', { cause: error });
      },
    );
    await deps.uploads.partArrived(fileId, part);
    deps.log.say('upload.part', { ...where, sizeBytes, ms: msSince(startedAtMs) });
    return c.json(part, 200);
  });
