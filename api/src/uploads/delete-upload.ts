/** `DELETE /api/uploads/{fileId}`: gives an unfinished upload up, or removes a finished one that no active job reads. */
import { createRoute } from '@hono/zod-openapi';
import { ownerOf } from '../http/browser-cookie.ts';
import { type Deps, type Router, router } from '../http/context.ts';
import { errorAnswers, fileIdParams } from '../http/route-parts.ts';
import { discardAnyUpload } from './remove-upload.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/uploads/{fileId}',
  summary: 'Give up an unfinished upload, or delete a finished one',
  request: { params: fileIdParams },
  responses: {
    204: { description: 'The upload and its bytes are gone. Finished jobs keep their results.' },
    ...errorAnswers('INVALID_ID', 'CSRF_REJECTED', 'UPLOAD_NOT_FOUND', 'JOB_ACTIVE'),
  },
});

export const deleteUpload = ({ platform }: Deps): Router =>
  router().openapi(route, async (c) => {
    await discardAnyUpload(platform, c.req.valid('param').fileId, ownerOf(c));
    return c.body(null, 204);
  });
