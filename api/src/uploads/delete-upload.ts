/** `DELETE /api/uploads/{fileId}`: gives an unfinished upload up, or removes a finished one that no active job reads. */
import { createRoute } from '@hono/zod-openapi';
import { type Router, router } from '../http/context.ts';
import { ownedUpload } from '../http/owner.ts';
import { errorAnswers, fileIdParams } from '../http/route-parts.ts';
import type { UploadDeps } from './deps.ts';
import { removeUpload } from './remove-upload.ts';

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

export const deleteUpload = (deps: UploadDeps): Router =>
  router().openapi(route, async (c) => {
    const { fileId } = c.req.valid('param');
    await removeUpload(deps, await ownedUpload(c, deps, fileId, { removed: true }));
    return c.body(null, 204);
  });
