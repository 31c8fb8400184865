/** A stored object, or a range of it, as one stream that goes on where it was when S3's own breaks off. */
import { Readable } from 'node:stream';
import type { ObjectRef } from '@wavefleet/contracts/job.ts';
import { litter } from '../litter.ts';
import type { Log } from '../log/log.ts';
import type { ObjectStore } from './objects.ts';

/** Both ends included, within the object. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What it needs: of the object store, only this. */
export interface ResumeDeps {
  readonly objects: { open(...what: Parameters<ObjectStore['open']>): Promise<{ readonly body: Readable }> };
  readonly log: Pick<Log, 'say'>;
}

/** Gaps in one download. An S3 that breaks off more often is not getting anywhere. */
const MAX_RESUMES = 10;

/**
 * Opens that version of the object. Whoever reads gets every byte of the range once, in order, and then the end. A broken
 * stream is opened again behind the last byte, up to ten times and only while it brings something. Destroying the
 * stream ends S3's.
 * @param onGivenUp is told when the rest cannot be had: then nothing more comes, and no end. Destroy the stream.
 * @throws SDK errors of the first opening.
 */
export async function openResuming(
  { objects, log }: ResumeDeps,
  { bucket, key, etag, sizeBytes }: ObjectRef,
  range: ByteRange,
  onGivenUp: () => void,
): Promise<Readable> {
  const open = async (first: number, signal?: AbortSignal) => {
    // A whole object needs no range, and an empty one can have none.
    const isWhole = first === 0 && range.last === sizeBytes - 1;
    const { body } = await objects.open(key, {
      bucket,
      ifMatch: etag,
      paced: true,
      range: isWhole ? undefined : `bytes=${first}-${range.last}`,
      ...(signal && { signal }),
    });
    return body;
  };
  return new ResumingRead(await open(range.first), range, {
    async reopen(at, error, signal) {
      log.say('read.resumed', { err: error, bucket, key, at });
      return await open(at, signal);
    },
    giveUp(at, error) {
      log.say('read.broken', { err: error, bucket, key, at });
      onGivenUp();
    },
  });
}

/** What to do when S3's stream is over too early, before byte `at`. */
interface OnBreak {
  reopen(at: number, error: unknown, signal: AbortSignal): Promise<Readable>;
  giveUp(at: number, error: unknown): void;
}

class ResumingRead extends Readable {
  readonly #last: number;
  readonly #onBreak: OnBreak;
  readonly #over = new AbortController();
  #body: Readable | undefined;
  /** The next byte to come, and where the present stream began. */
  #at: number;
  #openedAt = 0;
  #resumes = 0;

  constructor(body: Readable, { first, last }: ByteRange, onBreak: OnBreak) {
    super();
    this.#at = first;
    this.#last = last;
    this.#onBreak = onBreak;
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
      // Nothing may follow what was asked for.
      const wanted = chunk.subarray(0, this.#last + 1 - this.#at);
      this.#at += wanted.length;
      if (wanted.length > 0 && !this.push(wanted)) body.pause();
      litter(chunk.length);
    });
    body.on('error', () => undefined);
    body.once('close', () => this.#ended(body));
    body.pause();
  }

  /** The stream of S3 is over, one way or the other. */
  #ended(body: Readable): void {
    if (this.destroyed) return;
    this.#body = undefined;
    if (this.#at > this.#last) {
      this.push(null);
      return;
    }
    const error = body.errored ?? new Error('the stream ended too early');
    if (this.#at === this.#openedAt || this.#resumes === MAX_RESUMES) {
      this.#onBreak.giveUp(this.#at, error);
      return;
    }
    this.#resumes += 1;
    this.#onBreak.reopen(this.#at, error, this.#over.signal).then(
      (next) => this.#goOn(next),
      (failed: unknown) => this.destroyed || this.#onBreak.giveUp(this.#at, failed),
    );
  }

  #goOn(body: Readable): void {
    if (this.destroyed) {
      body.destroy();
      return;
    }
    this.#use(body);
    body.resume();
  }
}
