/** A stored object, or a range of it, as one stream that goes on where it was when S3's own breaks off. */
import { Readable } from 'node:stream';
import type { ObjectRef } from '@wavefleet/contracts/job.ts';
import type { Log } from '../log.ts';
import type { ObjectStore } from './objects.ts';

/** Both ends included, within the object. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** As much of the object store as this needs. */
export interface Opens {
  open(...what: Parameters<ObjectStore['open']>): Promise<{ readonly body: Readable }>;
}

/** Gaps in one download. An S3 that breaks off more often is not getting anywhere. */
const MAX_RESUMES = 10;

/**
 * Opens that version of the object. Whoever reads gets every byte of the range once, in order, or an error. A broken
 * stream is opened again behind the last byte, up to ten times and only while it brings something. Destroying the
 * stream ends S3's.
 * @throws SDK errors of the first opening; those of a later one break the stream off.
 */
export async function openResuming(
  { objects, log }: { readonly objects: Opens; readonly log: Pick<Log, 'warn'> },
  object: ObjectRef,
  range: ByteRange,
): Promise<Readable> {
  const open = async (first: number, signal?: AbortSignal) => {
    const { body } = await objects.open(object.key, {
      bucket: object.bucket,
      ifMatch: object.etag,
      paced: true,
      // A whole object needs no range, and an empty one can have none.
      range: first === 0 && range.last === object.sizeBytes - 1 ? undefined : `bytes=${first}-${range.last}`,
      ...(signal && { signal }),
    });
    return body;
  };
  return new ResumingRead(await open(range.first), range, async (at, error, signal) => {
    log.warn(
      { err: error, bucket: object.bucket, key: object.key, at },
      'download broke off in S3: going on',
    );
    return await open(at, signal);
  });
}

type Reopen = (at: number, error: Error, signal: AbortSignal) => Promise<Readable>;

class ResumingRead extends Readable {
  readonly #last: number;
  readonly #reopen: Reopen;
  readonly #over = new AbortController();
  #body: Readable | undefined;
  /** The next byte to come, and where the present stream began. */
  #at: number;
  #openedAt = 0;
  #resumes = 0;

  constructor(body: Readable, { first, last }: ByteRange, reopen: Reopen) {
    super();
    this.#at = first;
    this.#last = last;
    this.#reopen = reopen;
    this.#use(body);
  }

  override _read(): void {
    this.#body?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#over.abort();
    this.#body?.destroy();
    done(error);
  }

  #use(body: Readable): void {
    this.#body = body;
    this.#openedAt = this.#at;
    body.on('data', (chunk: Buffer) => {
      // Beyond what was asked for nothing may follow.
      const wanted = chunk.subarray(0, this.#last + 1 - this.#at);
      this.#at += wanted.length;
      if (wanted.length > 0 && !this.push(wanted)) body.pause();
    });
    body.once('close', () => this.#ended(body));
    body.on('error', () => undefined);
    body.pause();
  }

  /** The stream of S3 is over, one way or the other. */
  #ended(body: Readable): void {
    if (this.destroyed || body !== this.#body) return;
    this.#body = undefined;
    if (this.#at > this.#last) {
      this.push(null);
      return;
    }
    const error = body.errored ?? new Error(`S3's stream ended before byte ${this.#at} of ${this.#last + 1}`);
    if (this.#at === this.#openedAt || this.#resumes === MAX_RESUMES) {
      this.destroy(error);
      return;
    }
    this.#resumes += 1;
    this.#reopen(this.#at, error, this.#over.signal).then(
      (next) => (this.destroyed ? void next.destroy() : this.#goOn(next)),
      (failed: unknown) => this.destroy(failed instanceof Error ? failed : error),
    );
  }

  #goOn(body: Readable): void {
    this.#use(body);
    body.resume();
  }
}
