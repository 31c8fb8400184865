/** The one file of an upload request, raw or in a multipart/form-data body. */
import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { ClientGone } from '../http/errors.ts';
import {
  type Beginning,
  type BodyBounds,
  type BodyStream,
  brokenForm,
  noFile,
  readBody,
  tooLarge,
} from './body-stream.ts';

/** Boundaries, part headers and small fields around the file. */
const MULTIPART_OVERHEAD_BYTES = 64 * 1024;

/** The file, being read. */
export interface UploadedFile {
  /** Errors as `readBody` says. */
  readonly body: BodyStream;
  /** As the form names it; undefined for a raw body. */
  readonly fileName: string | undefined;
  /** Undefined in forms and chunked bodies: nobody knows before the end. */
  readonly declaredBytes: number | undefined;
}

/**
 * Starts reading.
 * @param begins what it must begin as. Default: sound.
 * @throws Failure UNSUPPORTED_MEDIA_TYPE, that of a limit (from the declared length), VALIDATION_ERROR for a form
 *   without a file; ClientGone.
 */
export async function openUploadedFile(
  request: IncomingMessage,
  bounds: BodyBounds,
  begins: Beginning = 'sound',
): Promise<UploadedFile> {
  const { limit, inParts = limit } = bounds;
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isForm = type === 'multipart/form-data';
  if (!isForm && /^(multipart\/.*|application\/(.*\+)?json|application\/x-www-form-urlencoded)$/.test(type)) {
    const kinds = begins === 'cover' ? ['image/jpeg', 'image/png'] : ['audio/*', 'video/*'];
    throw new Failure('UNSUPPORTED_MEDIA_TYPE', {
      detail: { accepts: ['application/octet-stream', ...kinds, 'multipart/form-data'] },
    });
  }
  const length = request.headers['content-length'];
  const declared = length === undefined ? undefined : Number(length);
  // First what no way of sending it would help against.
  for (const each of [inParts, limit])
    if (declared !== undefined && declared > each.limitBytes + (isForm ? MULTIPART_OVERHEAD_BYTES : 0))
      throw tooLarge(each);
  if (isForm) return await openForm(request, bounds, begins);
  return {
    body: readBody(request, request, bounds, begins),
    fileName: undefined,
    declaredBytes: declared,
  };
}

async function openForm(
  request: IncomingMessage,
  bounds: BodyBounds,
  begins: Beginning,
): Promise<UploadedFile> {
  const parser = formParser(request);
  return await new Promise<UploadedFile>((resolve, reject) => {
    let body: BodyStream | undefined;
    const fail = (error: Error) => {
      request.unpipe(parser);
      body?.destroy(error);
      reject(error);
    };
    parser.on('file', (_field, file, fileName) => {
      if (body !== undefined) {
        file.resume();
        return;
      }
      body = readBody(file, request, bounds, begins);
      // The parser waits for the file to be read before it goes on: what is left must flow somewhere.
      body.once('close', () => file.resume());
      resolve({ body, fileName, declaredBytes: undefined });
    });
    parser.once('finish', () => {
      if (body === undefined) fail(noFile('The form contains no file.'));
    });
    parser.on('error', () => fail(brokenForm()));
    request.once('close', () => {
      if (!request.complete) fail(new ClientGone());
    });
    request.pipe(parser);
  });
}

function formParser(request: IncomingMessage) {
  const { 'content-type': contentType = '', ...others } = request.headers;
  const headers: BusboyHeaders = { ...others, 'content-type': contentType };
  try {
    return new Busboy({ headers, limits: { fields: 50, fieldSize: 16 * 1024, parts: 60, headerPairs: 100 } });
  } catch (cause) {
    throw noFile('The Content-Type names no boundary.', cause);
  }
}
