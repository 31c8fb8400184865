/** `POST /api/uploads/{fileId}/parts`: where to PUT parts: at S3 itself by presigned URLs, or through this API. */
import { createRoute } from '@hono/zod-openapi';
import {
  type OpenUpload,
  partAddressesBodySchema,
  partAddressesSchema,
  type UploadPart,
} from '@wavefleet/contracts/uploads.ts';
import { uploadModeOf } from '@wavefleet/platform/config.ts';
import type { PresignedUrl } from '@wavefleet/platform/storage/presign.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { errorAnswers, fileIdParams, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import { openUpload, requiredBytes } from './chunked-upload.ts';
import { CorsWatch } from './cors-watch.ts';
import type { UploadDeps } from './deps.ts';

/** S3 looks at the clock when a part begins to arrive; a batch of a hundred may wait for a slow line. */
const MOST_SECONDS = 3_600;

const route = createRoute({
  method: 'post',
  path: '/api/uploads/{fileId}/parts',
  summary: 'Ask where to send parts',
  description:
    'Each `url` takes a PUT of exactly `sizeBytes` bytes. It is an absolute URL of the storage, which needs no credentials, or a path of this API.',
  middleware: jsonBody,
  request: { params: fileIdParams, body: jsonRequest(partAddressesBodySchema) },
  responses: {
    200: jsonAnswer('One address for each part.', partAddressesSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'INVALID_ID',
      'CSRF_REJECTED',
      'UPLOAD_NOT_FOUND',
      'UPLOAD_COMPLETE',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'INVALID_PART_NUMBER',
    ),
  },
});

export const partAddresses = (deps: UploadDeps): Router => {
  const cors = new CorsWatch(deps.parts, deps.log);
  return router().openapi(route, async (c) => {
    const upload = await openUpload(c, deps, c.req.valid('param').fileId);
    const mode = uploadModeOf(deps.config);
    if (mode === 'direct') void cors.sees(c.req.header('origin'));
    const wanted = c.req
      .valid('json')
      .partNumbers.map((partNumber) => ({ partNumber, sizeBytes: requiredBytes(upload, partNumber) }));
    const addressed = await Promise.all(
      wanted.map(async (part) => ({ ...part, ...(await addressOf(deps, upload, part)) })),
    );
    const expiresInSeconds = Math.min(...addressed.map((part) => part.expiresInSeconds));
    const parts = addressed.map(({ expiresInSeconds: _, ...part }) => part);
    return c.json({ mode, expiresInSeconds, parts }, 200, { 'Cache-Control': 'no-store' });
  });
};

async function addressOf(
  { config, parts }: UploadDeps,
  upload: OpenUpload,
  part: UploadPart,
): Promise<PresignedUrl> {
  if (uploadModeOf(config) === 'direct') return await parts.presign(upload, part, MOST_SECONDS);
  return {
    url: `/api/uploads/${upload.fileId}/parts/${part.partNumber}`,
    expiresInSeconds: MOST_SECONDS,
  };
}
