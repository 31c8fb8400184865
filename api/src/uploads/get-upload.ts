/** `GET /api/uploads/{fileId}`: which parts are there, so that an upload can go on where it broke off. */
import { createRoute } from '@hono/zod-openapi';
import { uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { ownerOf } from '../http/browser-cookie.ts';
import { type Deps, type Router, router } from '../http/context.ts';
import { errorAnswers, fileIdParams, jsonAnswer } from '../http/route-parts.ts';
import { uploadView } from './chunked-upload.ts';

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

export const getUpload = ({ platform }: Deps): Router =>
  router().openapi(route, async (c) => {
    const upload = await platform.uploads.getAnyOwned(c.req.valid('param').fileId, ownerOf(c));
    return c.json(await uploadView(platform, upload), 200, { 'Cache-Control': 'no-store' });
  });
