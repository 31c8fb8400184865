/**
 * A source that never lies on this disk: its two ends are fetched so that it can be probed, and FFmpeg is given the rest as it
 * comes from S3, behind the beginning as the probe has left it. Every byte is fetched, as in a download: of that version,
 * resumed where a stream breaks, and held against the sum that S3 has of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readAt } from '@wavefleet/audio/probing/read-at.ts';
import { SourceFeed } from '@wavefleet/audio/process/source-feed.ts';
import { NotStreamed } from '@wavefleet/audio/streaming/convert-streamed.ts';
import { isKnownByEnds } from '@wavefleet/audio/streaming/known-by-ends.ts';
import { EtagSum } from '@wavefleet/platform/storage/etag-sum.ts';
import type { WorkContext } from '../context.ts';
import { HoleySource } from '../source/holey-source.ts';
import { finalFailureOf, withRetries } from '../transfer-retries.ts';

/** FFmpeg looks through 5 MB to find out what a file is (`libavformat/options_table.h`: probesize). */
const HEAD_BYTES = 6 * 1024 ** 2;
/** Tags behind the sound, and the last pages of Ogg. */
const TAIL_BYTES = 256 * 1024;
/** What of it lies on this disk. */
export const ENDS_BYTES = HEAD_BYTES + TAIL_BYTES;

const BLOCK_BYTES = 256 * 1024;
/** Between two streams of S3, of which the first one has brought something. */
const RESUME_PAUSE_MS = 100;

export class StreamedSource {
  readonly #context: WorkContext;
  readonly #ends: HoleySource;
  readonly #over = new AbortController();
  readonly #sum: EtagSum;
  #sumIsMeant = true;

  private constructor(context: WorkContext, ends: HoleySource, sum: EtagSum) {
    this.#context = context;
    this.#ends = ends;
    this.#sum = sum;
  }

  /**
   * Fetches the two ends, for a source that is larger than these.
   * @throws as a download does.
   */
  static async open(context: WorkContext): Promise<StreamedSource> {
    const source = context.job.inputS3Location;
    const ends = await HoleySource.open(context, async (opened) => {
      await opened.fillHead(HEAD_BYTES);
      await opened.fill({ from: source.sizeBytes - TAIL_BYTES, to: source.sizeBytes });
      return true;
    });
    if (ends === undefined) throw new Error('holes always do');
    const sum = new EtagSum(source);
    // Before the probe puts its header right.
    for (let at = 0; at < HEAD_BYTES; at += BLOCK_BYTES) sum.add(await readAt(ends.file, at, BLOCK_BYTES));
    return new StreamedSource(context, ends, sum);
  }

  /** Whether nothing that the probe had to see lies between the ends. */
  async isKnown(container: string): Promise<boolean> {
    const { sizeBytes } = this.#context.job.inputS3Location;
    // The probe may have cut off what follows the sound.
    const { size } = await this.#ends.file.stat();
    const tailAt = sizeBytes - TAIL_BYTES;
    return (
      size > HEAD_BYTES &&
      (await isKnownByEnds(this.#ends.file, container, {
        headBytes: HEAD_BYTES,
        tailAt,
        sizeBytes: size,
      }))
    );
  }

  /** All of it, from the start, for one FFmpeg. */
  feed(): SourceFeed {
    return new SourceFeed(this.#bytes(undefined));
  }

  /** The same, with a sum of what comes: to be used once. */
  checkedFeed(): SourceFeed {
    return new SourceFeed(this.#bytes(this.#sum));
  }

  /**
   * To be asked when the feed was read to its end. When the same bytes come twice it is the ETag that is no sum of them, as
   * of an upload in parts of another size.
   * @throws NotStreamed when what came is not what S3 has; as a download does.
   */
  async requireSum(): Promise<void> {
    const { inputS3Location: source } = this.#context.job;
    const sum = this.#sumIsMeant ? this.#sum.etag() : undefined;
    if (sum === undefined || sum === source.etag) return;
    const again = new EtagSum(source);
    for await (const chunk of this.#from(0)) again.add(chunk);
    if (again.etag() !== sum) throw new NotStreamed('sum');
  }

  /** Ends what is still under way. */
  async close(): Promise<void> {
    this.#over.abort(new Error('the source is not needed any more'));
    await this.#ends.close();
  }

  async *#bytes(sum: EtagSum | undefined): AsyncGenerator<Buffer> {
    const { size } = await this.#ends.file.stat();
    for (let at = 0; at < HEAD_BYTES; at += BLOCK_BYTES) {
      yield await readAt(this.#ends.file, at, Math.min(BLOCK_BYTES, HEAD_BYTES - at));
    }
    let at = HEAD_BYTES;
    for await (const chunk of this.#from(HEAD_BYTES)) {
      sum?.add(chunk);
      const wanted = chunk.subarray(0, Math.max(0, size - at));
      at += chunk.length;
      if (wanted.length > 0) yield wanted;
    }
  }

  /** From there to the end, whatever becomes of single streams: each brings something, or is tried again. */
  async *#from(startAt: number): AsyncGenerator<Buffer> {
    const { sizeBytes } = this.#context.job.inputS3Location;
    const signal = AbortSignal.any([this.#context.signal, this.#over.signal]);
    for (let at = startAt; at < sizeBytes; ) {
      const chunks = await this.#openAt(at, signal);
      let broken: unknown;
      try {
        for await (const chunk of chunks) {
          const wanted = chunk.subarray(0, sizeBytes - at);
          at += wanted.length;
          yield wanted;
        }
      } catch (error) {
        broken = error;
      }
      signal.throwIfAborted();
      if (at === sizeBytes) return;
      const err = broken ?? new Error(`the stream ended after ${at} of ${sizeBytes} bytes`);
      this.#context.log.say('transfer.repeated', { what: 'download', tries: 1, err });
      await sleep(RESUME_PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  /** A stream from there on that has begun to come. */
  async #openAt(at: number, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const { platform, job, log } = this.#context;
    const { bucket, key, etag: ifMatch } = job.inputS3Location;
    const range = `bytes=${at}-`;
    let opened: AsyncIterable<Buffer> | undefined;
    await withRetries({ platform, log, signal }, 'download', async () => {
      // FFmpeg sets the pace.
      const how = { bucket, ifMatch, range, signal, paced: true };
      const { body, etagIsSum } = await platform.objects.open(key, how).catch((error: unknown) => {
        throw finalFailureOf(error) ?? error;
      });
      this.#sumIsMeant &&= etagIsSum;
      const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
      const first = await chunks.next();
      if (first.done === true) throw new Error(`nothing came from byte ${at} on`);
      opened = begunWith(first.value, chunks);
    });
    if (opened === undefined) throw new Error('a transfer that went well has left nothing');
    return opened;
  }
}

async function* begunWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
