/** `POST /api/uploads/{fileId}/complete`: joins the parts. The server knows them; the client names none. */
import { createRoute } from '@hono/zod-openapi';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { type Router, router } from '../http/context.ts';
import { ownedUpload } from '../http/owner.ts';
import { errorAnswers, fileIdParams, jsonAnswer } from '../http/route-parts.ts';
import { finishUpload } from './chunked-upload.ts';
import type { UploadDeps } from './deps.ts';
import { uploadedView } from './upload-view.ts';

const route = createRoute({
  method: 'post',
  path: '/api/uploads/{fileId}/complete',
  summary: 'Finish an upload in parts',
  description:
    'Safe to repeat: the answer stays the same. A file that is certainly neither audio nor video is refused, and removed with its upload.',
  request: { params: fileIdParams },
  responses: {
    200: jsonAnswer('The file is stored, as after an upload in one request.', uploadedSchema),
    ...errorAnswers(
      'INVALID_ID',
      'CSRF_REJECTED',
      'UPLOAD_NOT_FOUND',
      'UPLOAD_INCOMPLETE',
      'UNRECOGNISED_FORMAT',
      'FORMAT_NOT_ALLOWED',
    ),
  },
});

export const completeUpload = (deps: UploadDeps): Router =>
  router().openapi(route, async (c) => {
    const upload = await ownedUpload(c, deps, c.req.valid('param').fileId);
    const finished = upload.state === 'complete' ? upload : await finishUpload(deps, upload);
    await deps.quotas.closeUpload(finished.ownerId, finished.fileId);
    return c.json(uploadedView(finished), 200);
  });
