/** `POST /api/upload-cover`: a picture that jobs can give their results as a cover. */
import { createRoute } from '@hono/zod-openapi';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { MAX_COVER_BYTES } from '@wavefleet/contracts/uploads.ts';
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
  path: '/api/upload-cover',
  summary: 'Upload a cover picture',
  description:
    'A JPEG or PNG of at most 8 MiB, as the raw body or as the first file of a multipart/form-data body. Name its `fileId` as `options.setCover` of jobs. It stays until it expires or is deleted.',
  request: {
    body: {
      required: true,
      content: {
        'image/jpeg': rawBytes,
        'image/png': rawBytes,
        'application/octet-stream': rawBytes,
        'multipart/form-data': formWithFile,
      },
    },
  },
  responses: {
    201: jsonAnswer('The picture is stored.', uploadedSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'CSRF_REJECTED',
      'UPLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'EMPTY_FILE',
      'COVER_NOT_RECOGNISED',
      'OVERLOADED',
      'STORED_BYTES_LIMIT',
      'TOO_SLOW',
    ),
  },
});

export const uploadCover = (deps: UploadDeps): Router =>
  router().openapi(route, async (c) => {
    await deps.admission.admit();
    const limit = { limitBytes: MAX_COVER_BYTES, code: 'UPLOAD_TOO_LARGE' } as const;
    const bounds = { limit, bytesPerSecond: deps.config.MIN_UPLOAD_BYTES_PER_SECOND };
    const file = await openUploadedFile(c.env.incoming, bounds, 'cover');
    const fileName = displayName(file.fileName);
    const upload = await storeUpload(deps, file, { ownerId: c.var.owner.id, fileName, kind: 'cover' });
    note(c, { fileId: upload.fileId, sizeBytes: upload.location.sizeBytes });
    return c.json(uploadedView(upload), 201);
  });
