/**
 * The one file of an upload request, raw or as multipart/form-data, as a stream that counts and can end early.
 * Read from Node's own request: web streams would cost several times the memory.
 */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { ClientGone } from '../http/errors.ts';
import { ByteMeter, uploadTooLarge } from './body-stream.ts';

/** Boundaries, part headers and small fields around the file. */
const MULTIPART_OVERHEAD_BYTES = 64 * 1024;

export interface UploadedFile {
  /** Errors with UPLOAD_TOO_LARGE or ClientGone. Never destroyed together with the request: that must get its answer. */
  readonly body: ByteMeter;
  /** As the form names it; undefined for a raw body. */
  readonly fileName: string | undefined;
  /** Undefined in forms and chunked bodies: nobody knows before the end. */
  readonly declaredBytes: number | undefined;
}

/**
 * Starts reading.
 * @throws Failure UNSUPPORTED_MEDIA_TYPE, UPLOAD_TOO_LARGE (from the declared length), VALIDATION_ERROR for a form without a file.
 */
export async function openUploadedFile(request: IncomingMessage, limitBytes: number): Promise<UploadedFile> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isForm = type === 'multipart/form-data';
  if (!isForm && /^(multipart\/.*|application\/(.*\+)?json|application\/x-www-form-urlencoded)$/.test(type)) {
    throw new Failure('UNSUPPORTED_MEDIA_TYPE', {
      detail: { accepts: ['application/octet-stream', 'audio/*', 'video/*', 'multipart/form-data'] },
    });
  }
  const length = request.headers['content-length'];
  const declared = length === undefined ? undefined : Number(length);
  if (declared !== undefined && declared > limitBytes + (isForm ? MULTIPART_OVERHEAD_BYTES : 0))
    throw uploadTooLarge(limitBytes);
  if (isForm) return await openForm(request, limitBytes);
  return { body: metered(request, request, limitBytes), fileName: undefined, declaredBytes: declared };
}

async function openForm(request: IncomingMessage, limitBytes: number): Promise<UploadedFile> {
  const parser = formParser(request);
  return await new Promise<UploadedFile>((resolve, reject) => {
    let body: ByteMeter | undefined;
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
      body = metered(file, request, limitBytes);
      // The parser waits for the file to be read before it goes on: what is left must flow somewhere.
      body.once('close', () => file.resume());
      resolve({ body, fileName, declaredBytes: undefined });
    });
    parser.once('finish', () => {
      if (body === undefined) fail(noFile('The form holds no file.'));
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

function brokenForm(): Failure {
  return noFile('The form is broken off or not well formed.');
}

function noFile(message: string, cause?: unknown): Failure {
  return new Failure('VALIDATION_ERROR', { detail: { fields: [{ field: 'file', message }] }, cause });
}

/** A raw body of at most `limitBytes`, for a request whose headers have been judged. */
export function openRawBody(request: IncomingMessage, limitBytes: number): ByteMeter {
  return metered(request, request, limitBytes);
}

/** Pipes without tying lives together: a broken-off meter leaves the source to be drained, and the socket open. */
function metered(source: Readable, request: IncomingMessage, limitBytes: number): ByteMeter {
  const meter = new ByteMeter(limitBytes);
  const breakOff = () => meter.destroy(request.complete ? brokenForm() : new ClientGone());
  request.once('close', () => {
    if (!request.complete) breakOff();
  });
  // These may come more than once, and nobody may be reading the meter yet.
  request.on('error', breakOff);
  if (source !== request) source.on('error', breakOff);
  meter.on('error', () => source.unpipe(meter));
  meter.once('close', () => source.unpipe(meter));
  source.pipe(meter);
  return meter;
}

/** Waits for the first byte or the end. @throws what broke the stream off. */
export async function hasBytes(body: ByteMeter): Promise<boolean> {
  if (body.errored === null && body.readableLength === 0 && !body.readableEnded) {
    await new Promise<void>((resolve) => {
      body.once('readable', resolve);
      body.once('close', resolve);
    });
  }
  if (body.errored !== null) throw body.errored;
  return body.readableLength > 0;
}
