/**
 * The body of an upload request as a stream that counts its bytes and breaks off beyond a limit, and its way into the
 * storage. Read from Node's own request: web streams would cost several times the memory.
 */
import type { IncomingMessage } from 'node:http';
import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { coverRefusalOf, refusalOf, SNIFF_BYTES } from '@wavefleet/contracts/sniff.ts';
import { failureOf } from '@wavefleet/platform/aws/failure-of.ts';
import { litter } from '@wavefleet/platform/litter.ts';
import type { SizeLimit } from '@wavefleet/platform/settings/plans.ts';
import { ClientGone } from '../http/errors.ts';
import { leastUploadPace } from '../http/least-pace.ts';

/** What a body must begin as. Later parts of a file may begin with anything. */
export type Beginning = 'sound' | 'cover' | 'anything';

/**
 * Passes bytes on and counts them; beyond the limit it breaks off, so that nothing larger is ever stored. The beginning
 * of a file is held back until it was looked at: what certainly is neither audio nor video (or, of a cover, no picture)
 * breaks off there.
 */
export class BodyStream extends Transform {
  readonly #limit: SizeLimit;
  readonly #refusal: (start: Uint8Array) => Failure | undefined;
  /** The beginning, while it is held back. */
  #held: Buffer[] | undefined;
  /** Counted so far. */
  bytes = 0;

  /** @param begins what it must begin as. */
  constructor(limit: SizeLimit, begins: Beginning) {
    super();
    this.#limit = limit;
    this.#refusal = begins === 'cover' ? coverRefusalOf : refusalOf;
    this.#held = begins === 'anything' ? undefined : [];
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    litter(chunk.length);
    this.#held?.push(chunk);
    if (this.bytes > this.#limit.limitBytes) done(tooLarge(this.#limit));
    else if (this.#held === undefined) done(null, chunk);
    else if (this.bytes < SNIFF_BYTES) done();
    else this.#letGo(done);
  }

  override _flush(done: TransformCallback): void {
    if (this.#held === undefined) done();
    else this.#letGo(done);
  }

  #letGo(done: TransformCallback): void {
    const start = Buffer.concat(this.#held ?? []);
    this.#held = undefined;
    const refusal = start.length === 0 ? new Failure('EMPTY_FILE') : this.#refusal(start);
    if (refusal === undefined) done(null, start);
    else done(refusal);
  }
}

/** How much a body may be, and how slow. */
export interface BodyBounds {
  readonly limit: SizeLimit;
  /** Of a file that would come in parts. Default: the same. */
  readonly inParts?: SizeLimit;
  /** The least; see `least-pace.ts`. */
  readonly bytesPerSecond: number;
}

/** The refusal of more than the limit, which it names. */
export function tooLarge({ code, limitBytes }: SizeLimit): Failure {
  return new Failure(code, { detail: { limitBytes } });
}

/** The refusal of a form that ends too early or makes no sense. */
export function brokenForm(): Failure {
  return noFile('The form is incomplete or malformed.');
}

/** The refusal of a form without a readable file. */
export function noFile(message: string, cause?: unknown): Failure {
  return new Failure('VALIDATION_ERROR', { detail: { fields: [{ field: 'file', message }] }, cause });
}

/**
 * Starts reading. Errors with the code of the limit, with TOO_SLOW, with EMPTY_FILE, UNRECOGNISED_FORMAT, FORMAT_NOT_ALLOWED or
 * COVER_NOT_RECOGNISED by how a file begins, with ClientGone, or, when a form breaks off, with VALIDATION_ERROR. Never destroyed together with the request,
 * which must get its answer.
 * @param source the request itself, or the file in its form. A stream that broke off leaves it to be drained.
 * @param begins what it must begin as. Default: sound.
 */
export function readBody(
  source: Readable,
  request: IncomingMessage,
  { limit, bytesPerSecond }: BodyBounds,
  begins: Beginning = 'sound',
): BodyStream {
  const body = new BodyStream(limit, begins);
  const breakOff = () => body.destroy(request.complete ? brokenForm() : new ClientGone());
  request.once('close', () => {
    if (!request.complete) breakOff();
  });
  // These may come more than once, and nobody may be reading the body yet.
  request.on('error', breakOff);
  if (source !== request) source.on('error', breakOff);
  body.on('error', () => source.unpipe(body));
  body.once('close', () => source.unpipe(body));
  leastUploadPace(request, bytesPerSecond, () => body.destroy(new Failure('TOO_SLOW')));
  source.pipe(body);
  return body;
}

/** Waits until the first bytes were looked at and may be read. @throws what broke the stream off. */
export async function begun(body: BodyStream): Promise<void> {
  if (body.errored === null && body.readableLength === 0) {
    await new Promise<void>((resolve) => {
      body.once('readable', resolve);
      body.once('close', resolve);
    });
  }
  if (body.errored !== null) throw body.errored;
}

/**
 * Hands the body on to S3.
 * @param send gets a signal for when the body breaks off: one long request would wait for a rest that never comes.
 * @throws what broke the body off; else the Failure that S3's error stands for, SERVICE_UNAVAILABLE as a rule.
 */
export async function storeBody<T>(body: BodyStream, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  body.once('error', () => controller.abort());
  try {
    return await send(controller.signal);
  } catch (error) {
    // What broke our stream off says more than how S3's client took it. Without that, S3 did not take the file,
    // whatever error the SDK's stream handling makes of it.
    const { errored } = body;
    // Nobody reads it any more: the request must be able to run dry, or the client never sees the answer.
    body.destroy();
    throw errored instanceof Failure || errored instanceof ClientGone
      ? errored
      : (failureOf(error, 'SERVICE_UNAVAILABLE') ?? new Failure('SERVICE_UNAVAILABLE', { cause: error }));
  }
}

/** Why a body did not arrive, in one word for the log: a code of ours, or the error's name. */
export function reasonOf(error: unknown): string {
  if (error instanceof Failure) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
