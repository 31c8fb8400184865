/** `GET /api/uploads/{fileId}`: which parts are there, so that an upload can go on where it broke off. */
import { createRoute } from '@hono/zod-openapi';
import { type OpenUpload, type UploadView, uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { type Router, router } from '../http/context.ts';
import { ownedUpload } from '../http/owner.ts';
import { errorAnswers, fileIdParams, jsonAnswer } from '../http/route-parts.ts';
import type { UploadDeps } from './deps.ts';
import { uploadView } from './upload-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/uploads/{fileId}',
  summary: 'Get an upload, and which of its parts have arrived',
  request: { params: fileIdParams },
  responses: {
    200: jsonAnswer('The upload, finished or not.', uploadViewSchema),
    ...errorAnswers('INVALID_ID', 'UPLOAD_NOT_FOUND'),
  },
});

export const getUpload = (deps: UploadDeps): Router =>
  router().openapi(route, async (c) => {
    const upload = await ownedUpload(c, deps, c.req.valid('param').fileId);
    const view = await uploadView(deps, upload);
    if (upload.state === 'uploading' && view.state === 'uploading') await noteParts(deps, upload, view);
    return c.json(view, 200, { 'Cache-Control': 'no-store' });
  });

/** Parts that went straight to S3 are heard of here first. */
async function noteParts({ uploads }: UploadDeps, upload: OpenUpload, view: UploadView): Promise<void> {
  const missing = new Set(view.missing);
  const partNumbers = view.parts.map((part) => part.partNumber).filter((number) => !missing.has(number));
  await uploads.partsSeen(upload, { partNumbers, bytes: view.receivedBytes });
}
