/** `POST /api/upload-audio`: one file, streamed into S3 part by part. */
import { randomUUID } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Uploaded, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { uploadKey } from '@wavefleet/contracts/keys.ts';
import { resources } from '@wavefleet/contracts/resources.ts';
import type { Upload } from '@wavefleet/contracts/uploads.ts';
import { displayName } from '@wavefleet/platform/content-disposition.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { errorAnswers, jsonAnswer } from '../answers.ts';
import { type Deps, type Router, router } from '../context.ts';
import { ClientGone } from '../errors.ts';
import { ownerOf } from '../owner.ts';
import { hasBytes, openUploadedFile, type UploadedFile } from '../uploaded-file.ts';

const route = createRoute({
  method: 'post',
  path: '/api/upload-audio',
  summary: 'Upload a file',
  description:
    'The file as the raw body (any Content-Type but JSON and urlencoded), or the first file of a multipart/form-data body. The name comes from the form, from `X-File-Name` (percent-encoded UTF-8) or from `?fileName=`; it is for display only.',
  request: {
    query: z.object({ fileName: z.string().optional() }),
    headers: z.object({ 'x-file-name': z.string().optional() }),
    // Described, never parsed: the handler reads the stream itself.
    body: {
      required: true,
      content: {
        'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
        'audio/*': { schema: { type: 'string', format: 'binary' } },
        'multipart/form-data': {
          schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } },
        },
      },
    },
  },
  responses: {
    201: jsonAnswer('The file is stored.', uploadedSchema),
    ...errorAnswers('VALIDATION_ERROR', 'UPLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'EMPTY_FILE'),
  },
});

/** What is stored says nothing of what it is: probing decides, and nobody is served this object. */
const STORED_TYPE = 'application/octet-stream';
/** The record goes when the bytes go. */
const RETENTION_DAYS =
  resources.bucket.lifecycle.find((rule) => rule.prefix === resources.bucket.prefixes.uploads)?.expireDays ??
  60;

export const uploadAudio = ({ platform }: Deps): Router =>
  router().openapi(route, async (c) => {
    const header = c.req.valid('header')['x-file-name'];
    const named = header === undefined ? c.req.valid('query').fileName : percentDecoded(header);
    const file = await openUploadedFile(c.env.incoming, platform.config.MAX_UPLOAD_BYTES);
    const upload = await store(platform, file, ownerOf(c), displayName(file.fileName ?? named));
    const answer: Uploaded = {
      fileId: upload.fileId,
      sizeBytes: upload.location.sizeBytes,
      fileName: upload.fileName,
      uploadedAt: upload.createdAt,
    };
    return c.json(answer, 201);
  });

/** Bytes first, then the record: a record always has its bytes. What stays without a record expires. */
async function store(
  { objects, uploads }: Platform,
  { body, declaredBytes }: UploadedFile,
  ownerId: string,
  fileName: string,
): Promise<Upload> {
  if (!(await hasBytes(body))) throw new Failure('EMPTY_FILE');
  const fileId = randomUUID();
  const key = uploadKey(fileId);
  const stored =
    declaredBytes === undefined
      ? objects.putStream(key, body, STORED_TYPE)
      : objects.putSized(key, body, declaredBytes, STORED_TYPE, brokenOff(body));
  const { etag } = await stored.catch((error: unknown) => {
    // What broke our stream off says more than how S3's client took it. Without that, S3 did not take the file,
    // whatever error the SDK's stream handling makes of it.
    const { errored } = body;
    const cause =
      errored instanceof Failure || errored instanceof ClientGone
        ? errored
        : new Failure('SERVICE_UNAVAILABLE', { cause: error });
    // Nobody reads it any more: the request must be able to run dry, or the client never sees the answer.
    body.destroy();
    throw cause;
  });
  const now = Date.now();
  const upload: Upload = {
    fileId,
    ownerId,
    fileName,
    createdAt: new Date(now).toISOString(),
    ttl: Math.floor(now / 1000) + RETENTION_DAYS * 86_400,
    location: { bucket: objects.bucket, key, sizeBytes: body.bytes, etag },
  };
  try {
    await uploads.create(upload);
  } catch (error) {
    await objects.remove([key]).catch(() => undefined);
    throw error;
  }
  return upload;
}

/** One long request would wait for the rest of a body that never comes. */
function brokenOff(body: UploadedFile['body']): AbortSignal {
  const controller = new AbortController();
  body.once('error', () => controller.abort());
  return controller.signal;
}

/** Header values are ASCII: names come percent-encoded. A name that is not is taken as it is. */
function percentDecoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
