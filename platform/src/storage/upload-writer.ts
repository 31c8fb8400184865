/**
 * How an upload gets into S3 while its client sends it: part by part, each held in memory until S3 has it. So a failure
 * of S3 is tried again by the SDK, and the client does not notice; a stream could not be sent twice.
 *
 * When the memory for that is all in use, what has a known length is streamed on without being held: then a failure of
 * S3 is the client's to repeat. What has none is sent away.
 */
import type { Readable } from 'node:stream';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { isMissingUpload } from '../aws/errors.ts';
import { type ObjectStore, SINGLE_PUT_LIMIT_BYTES } from './objects.ts';
import { HELD_PART_BYTES, type PartMemory } from './part-memory.ts';
import type { MultipartRef, PartStore, StoredPart } from './parts.ts';

/** The content type of a stored upload. It says nothing: probing decides what the bytes are, and nobody is served them under it. */
export const UPLOAD_CONTENT_TYPE = 'application/octet-stream';
/** Who waits for the answer to a failed upload waits no longer for its parts to be dropped: a sweeper does it too. */
const DROP_MS = 3_000;

export class UploadWriter {
  readonly #objects: ObjectStore;
  readonly #parts: PartStore;
  readonly #memory: PartMemory;

  constructor(objects: ObjectStore, parts: PartStore, memory: PartMemory) {
    this.#objects = objects;
    this.#parts = parts;
    this.#memory = memory;
  }

  /**
   * Stores a whole file. A broken stream leaves nothing behind.
   * @param sizeBytes undefined when nobody knows before the end.
   * @param signal aborts what is under way; what has begun is dropped.
   * @throws SDK errors, the stream's own error; Failure OVERLOADED for a body of unknown length while nothing is free.
   */
  async file(
    key: string,
    body: Readable,
    sizeBytes: number | undefined,
    signal: AbortSignal,
  ): Promise<{ etag: string }> {
    const streamable = sizeBytes !== undefined && sizeBytes <= SINGLE_PUT_LIMIT_BYTES;
    const buffer = this.#memory.take();
    if (buffer === undefined) {
      if (!streamable) throw new Failure('OVERLOADED', { detail: { reasons: ['upload buffers'] } });
      return await this.#objects.putStreamed(
        key,
        body,
        { sizeBytes, contentType: UPLOAD_CONTENT_TYPE },
        signal,
      );
    }
    try {
      return await this.#inParts(key, new Filler(body, buffer), signal);
    } finally {
      this.#memory.giveBack(buffer);
    }
  }

  /** Stores one part of a chunked upload; the same part sent again is replaced. @throws as {@link file}. */
  async part(
    upload: MultipartRef,
    part: { readonly partNumber: number; readonly sizeBytes: number },
    body: Readable,
    signal: AbortSignal,
  ): Promise<void> {
    const buffer = part.sizeBytes <= HELD_PART_BYTES ? this.#memory.take() : undefined;
    if (buffer === undefined) return void (await this.#parts.put(upload, part, body, signal));
    try {
      await this.#parts.put(upload, part, await new Filler(body, buffer).next(), signal);
    } finally {
      this.#memory.giveBack(buffer);
    }
  }

  async #inParts(key: string, body: Filler, signal: AbortSignal): Promise<{ etag: string }> {
    const first = await body.next();
    if (body.ended) return await this.#objects.putBytes(key, first, UPLOAD_CONTENT_TYPE, signal);
    const multipart = { key, multipartId: await this.#parts.begin(key, UPLOAD_CONTENT_TYPE) };
    try {
      const sent: StoredPart[] = [];
      for (let bytes = first; bytes.length > 0; bytes = await body.next()) {
        const part = { partNumber: sent.length + 1, sizeBytes: bytes.length };
        sent.push({ ...part, etag: await this.#parts.put(multipart, part, bytes, signal) });
      }
      return await this.#join(multipart, sent);
    } catch (error) {
      await this.#parts.abort(multipart, AbortSignal.timeout(DROP_MS)).catch(() => undefined);
      throw error;
    }
  }

  /** Joined by a first try whose answer was lost, a second one finds no parts: then the object is there. */
  async #join(multipart: MultipartRef, sent: readonly StoredPart[]): Promise<{ etag: string }> {
    try {
      return { etag: await this.#parts.complete(multipart, sent) };
    } catch (error) {
      const stored = isMissingUpload(error) ? await this.#objects.head(multipart.key) : undefined;
      if (stored === undefined) throw error;
      return { etag: stored.etag };
    }
  }
}

/** Fills one buffer with a stream, again and again. */
class Filler {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #buffer: Buffer;
  /** Of the chunk that did not fit. */
  #rest: Buffer = Buffer.alloc(0);
  /** Whether the stream is read to its end, and nothing is left of it. */
  ended = false;

  constructor(body: Readable, buffer: Buffer) {
    this.#chunks = body[Symbol.asyncIterator]();
    this.#buffer = buffer;
  }

  /** The next bytes, as many as fit; fewer at the end, and then none. They are overwritten by the next call. */
  async next(): Promise<Buffer> {
    let length = 0;
    while (!this.ended) {
      const taken = this.#rest.copy(this.#buffer, length);
      length += taken;
      this.#rest = this.#rest.subarray(taken);
      if (this.#rest.length > 0) break;
      const { done, value } = await this.#chunks.next();
      if (done === true) this.ended = true;
      else this.#rest = value;
    }
    return this.#buffer.subarray(0, length);
  }
}
