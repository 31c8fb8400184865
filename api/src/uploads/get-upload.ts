/** `GET /api/uploads/{fileId}`: which parts are there, so that an upload can go on where it broke off. */
import { createRoute } from '@hono/zod-openapi';
import { uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { type Router, router } from '../http/context.ts';
import { ownedUpload } from '../http/owner.ts';
import { errorAnswers, fileIdParams, jsonAnswer } from '../http/route-parts.ts';
import type { UploadDeps } from './deps.ts';
import { uploadView } from './upload-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/uploads/{fileId}',
  summary: 'One upload, and which parts of it are there',
  request: { params: fileIdParams },
  responses: {
    200: jsonAnswer('The upload, finished or not.', uploadViewSchema),
    ...errorAnswers('INVALID_ID', 'UPLOAD_NOT_FOUND'),
  },
});

export const getUpload = (deps: UploadDeps): Router =>
  router().openapi(route, async (c) => {
    const upload = await ownedUpload(c, deps, c.req.valid('param').fileId);
    return c.json(await uploadView(deps, upload), 200, { 'Cache-Control': 'no-store' });
  });
