/** `POST /api/uploads/{fileId}/complete`: joins the parts. The server knows them; the client names none. */
import { createRoute } from '@hono/zod-openapi';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { ownerOf } from '../http/browser-cookie.ts';
import { type Deps, type Router, router } from '../http/context.ts';
import { errorAnswers, fileIdParams, jsonAnswer } from '../http/route-parts.ts';
import { completeUpload as complete } from './chunked-upload.ts';
import { uploadedView } from './upload-view.ts';

const route = createRoute({
  method: 'post',
  path: '/api/uploads/{fileId}/complete',
  summary: 'Finish an upload in parts',
  description: 'May be repeated: the answer stays the same.',
  request: { params: fileIdParams },
  responses: {
    200: jsonAnswer('The file is stored, as after an upload in one request.', uploadedSchema),
    ...errorAnswers('INVALID_ID', 'CSRF_REJECTED', 'UPLOAD_NOT_FOUND', 'UPLOAD_INCOMPLETE'),
  },
});

export const completeUpload = ({ platform }: Deps): Router =>
  router().openapi(route, async (c) => {
    const upload = await platform.uploads.getAnyOwned(c.req.valid('param').fileId, ownerOf(c));
    const finished = upload.state === 'complete' ? upload : await complete(platform, upload);
    return c.json(uploadedView(finished), 200);
  });
