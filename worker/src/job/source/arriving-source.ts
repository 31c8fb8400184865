/**
 * The source on its way onto this disk: all of it, in its order, of the version that was submitted, resumed where a stream
 * breaks, and held against the sum that S3 has of it. What has come can be used before the rest has.
 */
import type { FileHandle } from 'node:fs/promises';
import type { ByteRange, Holes } from '@wavefleet/audio/holes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { EtagSum } from '@wavefleet/platform/storage/etag-sum.ts';
import type { ObjectStore } from '@wavefleet/platform/storage/objects.ts';
import type { WorkContext } from '../context.ts';
import { finalFailureOf, withRetries } from '../transfer-retries.ts';
import { writeBody } from '../write-body.ts';
import { type FittingContext, requireFitting } from './fitting.ts';
import { createInput } from './input-file.ts';

/** What it takes of a job, and of its worker. */
export interface ArrivalContext
  extends Pick<WorkContext, 'signal' | 'log' | 'folder' | 'progress'>,
    FittingContext {
  readonly platform: FittingContext['platform'] & {
    readonly objects: Pick<ObjectStore, 'open'>;
    readonly config: Pick<Config, 'AWS_RETRY_BASE_MS'>;
  };
  readonly workDir: Pick<WorkContext['workDir'], 'requireRoom'>;
}

/** Headers are looked for in it, and sound. */
const HEAD_BYTES = 512 * 1024;

/** One stream of S3 within a region, and of an emulator on two busy cores: 100 to 190 MB/s. */
const USUAL_BYTES_PER_SECOND = 150e6;

export class ArrivingSource implements Holes {
  /** Kept open: what runs in the folder may put something else in the file's place. */
  readonly file: FileHandle;
  readonly #context: ArrivalContext;
  readonly #sizeBytes: number;
  readonly #over = new AbortController();
  /** Open as soon as somebody needs more than the beginning. */
  readonly #gate = Promise.withResolvers<void>();
  #coming: Promise<void> | undefined;
  #moved = promiseOfMove();
  #received = 0;
  #sum: EtagSum;
  /** Of the bytes that came the last time, where that is not the object's ETag. */
  #formerSum: string | undefined;
  #etagIsSum = true;
  #isWhole = false;
  /** Whether somebody uses what has come. */
  #isUsed = false;
  #headBytes = 0;
  #renewals = 0;
  #failure: { readonly error: unknown } | undefined;

  private constructor(context: ArrivalContext, file: FileHandle) {
    this.#context = context;
    this.file = file;
    this.#sizeBytes = context.job.inputS3Location.sizeBytes;
    this.#sum = new EtagSum(context.job.inputS3Location);
  }

  /**
   * Fetches nothing yet.
   * @throws Failure EMPTY_FILE, UPLOAD_TOO_LARGE, DISK_FULL.
   */
  static async open(context: ArrivalContext): Promise<ArrivingSource> {
    requireFitting(context);
    await context.workDir.requireRoom(context.folder, context.job.inputS3Location.sizeBytes);
    return new ArrivingSource(context, await createInput(context.folder));
  }

  get arrivingSeconds(): number {
    return this.#sizeBytes / USUAL_BYTES_PER_SECOND;
  }

  get headBytes(): number {
    return this.#headBytes;
  }

  get renewals(): number {
    return this.#renewals;
  }

  /**
   * Has the beginning come, and gives the file its length. Little more comes until it is asked for.
   * @throws as {@link fill}.
   */
  async fillHead(): Promise<void> {
    await this.file.truncate(this.#sizeBytes);
    const headBytes = Math.min(HEAD_BYTES, this.#sizeBytes);
    await this.#until(() => this.#received >= headBytes);
    this.#headBytes = headBytes;
  }

  /**
   * All of it is held against its sum before who asks for its end is told.
   * @throws Failure INPUT_MISSING, INPUT_CHANGED, STORAGE_UNAVAILABLE, ACCESS_DENIED, DISK_FULL; the abort reason.
   */
  async fill({ to }: ByteRange): Promise<void> {
    this.#gate.resolve();
    if (to >= this.#sizeBytes) return await this.#until(() => this.#isWhole);
    this.#isUsed = true;
    await this.#until(() => this.#isWhole || this.#received >= to);
  }

  /** Ends what is still under way. */
  async close(): Promise<void> {
    this.#over.abort(new Error('the source is not needed any more'));
    this.#gate.resolve();
    await this.#coming;
    await this.file.close();
  }

  async #until(isThere: () => boolean): Promise<void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (isThere()) return;
      this.#coming ??= this.#come().catch((error: unknown) => this.#fail(error));
      await this.#moved.promise;
    }
  }

  /** Whatever it is, all who wait and who come later are told. */
  #fail(error: unknown): void {
    this.#failure = { error };
    this.#moved.reject(error);
  }

  #move(): void {
    this.#moved.resolve();
    this.#moved = promiseOfMove();
  }

  async #come(): Promise<void> {
    const startedAtMs = performance.now();
    const { job, log } = this.#context;
    const { bucket, key, sizeBytes } = job.inputS3Location;
    const signal = AbortSignal.any([this.#context.signal, this.#over.signal]);
    await withRetries({ ...this.#context, signal }, 'download', async () => {
      await this.#fetchRest(signal).catch((error: unknown) => {
        throw finalFailureOf(error) ?? error;
      });
      if (this.#isRight()) return;
      this.#received = 0;
      this.#sum = new EtagSum(job.inputS3Location);
      throw new Error('the bytes that came are not those that S3 has');
    });
    log.say('job.downloaded', { bucket, key, sizeBytes, ms: msSince(startedAtMs) });
    this.#isWhole = true;
    this.#move();
  }

  /** Brings what is missing; whatever part arrives stays there for the next try. */
  async #fetchRest(signal: AbortSignal): Promise<void> {
    const { job, platform, progress } = this.#context;
    const { bucket, key, etag: ifMatch, sizeBytes } = job.inputS3Location;
    const from = this.#received;
    if (from === sizeBytes) return;
    const range = from === 0 ? {} : { range: `bytes=${from}-` };
    const { body, etagIsSum } = await platform.objects.open(key, { bucket, ifMatch, signal, ...range });
    this.#etagIsSum = etagIsSum;
    await writeBody(body, {
      file: this.file,
      at: from,
      sizeBytes: sizeBytes - from,
      signal,
      onReceived: (bytes) => {
        // Who uses it already says how far that is.
        if (this.#isUsed) return;
        const received = from + bytes;
        const fraction = received / sizeBytes;
        progress.update('download', { fraction, uploadedSize: received, totalSize: sizeBytes });
      },
      onBlock: async (bytes) => {
        this.#sum.add(bytes);
        this.#received += bytes.length;
        this.#move();
        if (this.#received >= HEAD_BYTES) await this.#gate.promise;
      },
    });
    const received = this.#received;
    if (received > sizeBytes) throw new Failure('INPUT_CHANGED', { detail: { sizeBytes, received } });
    if (received < sizeBytes) throw new Error(`the stream ended after ${received} of ${sizeBytes} bytes`);
  }

  /**
   * Bytes that changed on the way are no source. When the same ones come twice it is the ETag that is no sum of them, as some
   * stores have it, or as parts of another size make it; what was made of them is right.
   */
  #isRight(): boolean {
    const sum = this.#etagIsSum ? this.#sum.etag() : undefined;
    const former = this.#formerSum;
    if (former !== undefined && sum !== former) this.#renewals += 1;
    this.#formerSum = sum;
    return sum === undefined || sum === former || sum === this.#context.job.inputS3Location.etag;
  }
}

/** Nobody need wait for it. */
function promiseOfMove(): PromiseWithResolvers<void> {
  const move = Promise.withResolvers<void>();
  move.promise.catch(() => undefined);
  return move;
}
