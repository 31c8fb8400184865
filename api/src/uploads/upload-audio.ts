/** `POST /api/upload-audio`: one file, streamed into S3 part by part. */
import { createRoute, z } from '@hono/zod-openapi';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { displayName } from '@wavefleet/platform/storage/file-names.ts';
import { type Router, router } from '../http/context.ts';
import { note } from '../http/request-facts.ts';
import { errorAnswers, formWithFile, jsonAnswer, rawBytes } from '../http/route-parts.ts';
import type { UploadDeps } from './deps.ts';
import { storeUpload } from './store-upload.ts';
import { uploadedView } from './upload-view.ts';
import { openUploadedFile } from './uploaded-file.ts';

const route = createRoute({
  method: 'post',
  path: '/api/upload-audio',
  summary: 'Upload a file',
  description:
    'The file as the raw body (any Content-Type except JSON and urlencoded), or the first file of a multipart/form-data body. The name comes from the form, from `X-File-Name` (percent-encoded UTF-8) or from `?fileName=`; it is for display only.',
  request: {
    query: z.object({ fileName: z.string().optional() }),
    headers: z.object({ 'x-file-name': z.string().optional() }),
    body: {
      required: true,
      content: {
        'application/octet-stream': rawBytes,
        'audio/*': rawBytes,
        'multipart/form-data': formWithFile,
      },
    },
  },
  responses: {
    201: jsonAnswer('The file is stored.', uploadedSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'CSRF_REJECTED',
      'REQUEST_TOO_LARGE',
      'PLAN_UPLOAD_LIMIT',
      'UPLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'EMPTY_FILE',
      'UNRECOGNISED_FORMAT',
      'FORMAT_NOT_ALLOWED',
      'OVERLOADED',
      'STORED_BYTES_LIMIT',
      'TOO_SLOW',
    ),
  },
});

export const uploadAudio = (deps: UploadDeps): Router =>
  router().openapi(route, async (c) => {
    await deps.admission.admit();
    const header = c.req.valid('header')['x-file-name'];
    const named = header === undefined ? c.req.valid('query').fileName : percentDecoded(header);
    const { singleUpload, upload: inParts } = deps.quotas.planOf(c.var.owner.id);
    const file = await openUploadedFile(c.env.incoming, {
      limit: singleUpload,
      inParts,
      bytesPerSecond: deps.config.MIN_UPLOAD_BYTES_PER_SECOND,
    });
    const fileName = displayName(file.fileName ?? named);
    const upload = await storeUpload(deps, file, { ownerId: c.var.owner.id, fileName, startSeen: true });
    note(c, { fileId: upload.fileId, sizeBytes: upload.location.sizeBytes });
    return c.json(uploadedView(upload), 201);
  });

/** Header values are ASCII: names come percent-encoded. A name that is not is taken as it is. */
function percentDecoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
