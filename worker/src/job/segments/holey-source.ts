/**
 * A source of which only what is heard is fetched: its beginning, its end, and the pieces that segments need. The rest is a
 * hole of the right size, which takes no room and reads as silence, so that every sample keeps its place.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderFiles } from '@wavefleet/audio/folder-files.ts';
import type { ByteRange, Holes } from '@wavefleet/audio/holes.ts';
import { readRiff } from '@wavefleet/audio/probing/headers/riff.ts';
import { readAt } from '@wavefleet/audio/probing/read-at.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import type { WorkContext } from '../context.ts';
import { downloadCover, finalFailureOf } from '../stages/download.ts';
import { withRetries } from '../transfer-retries.ts';

/** Headers lie in the first, tags behind the sound in the last. */
const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 256 * 1024;
/** More than any look at a source reads of its sound. */
const LOOKED_AT_BYTES = 16 * 1024 ** 2;
/** Of a smaller source all is fetched. */
const LEAST_BYTES = 16 * 1024 ** 2;
/** Sound of fewer bytes a second is coded. */
const LEAST_BYTES_PER_SECOND = 8_000;
/** As much is written at once. */
const BLOCK_BYTES = 1024 ** 2;
const MAGIC_BYTES = 12;
const WAV = /^(RIFF|RF64|BW64).{4}WAVE/s;

export class HoleySource implements Holes {
  readonly #context: WorkContext;
  /** Kept open: what runs in the folder may put something else in the file's place. */
  readonly #file: FileHandle;
  readonly #sizeBytes: number;
  /** What is there, in no order. */
  readonly #there: ByteRange[] = [];
  /** One after the other: what two need is fetched once. */
  #filling: Promise<unknown> = Promise.resolve();
  #headBytes = 0;

  private constructor(context: WorkContext, file: FileHandle) {
    this.#context = context;
    this.#file = file;
    this.#sizeBytes = context.job.inputS3Location.sizeBytes;
  }

  get headBytes(): number {
    return this.#headBytes;
  }

  /**
   * For one segment: it is compared with what others make, so that little of the source need be there. Undefined for what is
   * small or no WAV; then nothing lies in the folder.
   * @throws as a download does.
   */
  static async forSegment(context: WorkContext): Promise<HoleySource | undefined> {
    const { sizeBytes } = context.job.inputS3Location;
    if (sizeBytes < LEAST_BYTES) return undefined;
    return await HoleySource.#open(context, async (source) => {
      await source.fill({ from: sizeBytes - TAIL_BYTES, to: sizeBytes });
      return true;
    });
  }

  /**
   * For a whole job, where its result is likely to be made in segments that are kept. All that a look at the source reads is
   * there. Undefined where that is not so; then nothing lies in the folder.
   * @throws as a download does.
   */
  static async forJob(context: WorkContext): Promise<HoleySource | undefined> {
    const { job, platform, log } = context;
    const { bucket, key, sizeBytes } = job.inputS3Location;
    const { FLEET_SPLIT_MIN_SECONDS: leastSeconds, SPLIT_LONG_FILES, ...config } = platform.config;
    if (leastSeconds === 0 || !SPLIT_LONG_FILES || job.options.splitByChapter === true) return undefined;
    const least = Math.max(LEAST_BYTES * 2, leastSeconds * LEAST_BYTES_PER_SECOND);
    if (sizeBytes < least || sizeBytes > config.MAX_RESUMABLE_UPLOAD_BYTES) return undefined;
    const startedAtMs = performance.now();
    return await HoleySource.#open(context, async (source) => {
      const start = await readAt(source.#file, 0, MAGIC_BYTES);
      const { bytesPerSecond, isAverage, dataAt, declaredBytes } =
        (await readRiff(source.#file, start, sizeBytes)) ?? {};
      if (bytesPerSecond === undefined || isAverage === true || dataAt === undefined) return false;
      const endAt = Math.min(sizeBytes, dataAt + (declaredBytes ?? sizeBytes));
      const isLong = endAt - dataAt >= leastSeconds * bytesPerSecond;
      if (!isLong || dataAt > HEAD_BYTES || sizeBytes - endAt > LOOKED_AT_BYTES) return false;
      await source.fill({ from: 0, to: LOOKED_AT_BYTES });
      await source.fill({ from: endAt - TAIL_BYTES, to: sizeBytes });
      source.#headBytes = LOOKED_AT_BYTES;
      log.say('job.input-opened', { bucket, key, sizeBytes, ms: msSince(startedAtMs) });
      return true;
    });
  }

  /** @param isFit fetches what else has to be there, and answers whether holes will do. */
  static async #open(
    context: WorkContext,
    isFit: (source: HoleySource) => Promise<boolean>,
  ): Promise<HoleySource | undefined> {
    const { sizeBytes } = context.job.inputS3Location;
    await context.workDir.requireRoom(context.folder, sizeBytes);
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const path = join(context.folder, folderFiles.input);
    const source = new HoleySource(context, await open(path, flags, 0o600));
    try {
      await source.#file.truncate(sizeBytes);
      await source.fill({ from: 0, to: HEAD_BYTES });
      source.#headBytes = HEAD_BYTES;
      const start = await readAt(source.#file, 0, MAGIC_BYTES);
      if (WAV.test(start.toString('latin1')) && (await isFit(source))) {
        await downloadCover(context);
        return source;
      }
      await source.close();
      await source.remove();
      return undefined;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  async fill({ from, to }: ByteRange): Promise<void> {
    const wanted = { from: Math.max(0, from), to: Math.min(to, this.#sizeBytes) };
    const filling = this.#filling.then(async () => {
      for (const gap of gapsIn(this.#there, wanted)) {
        await this.#fetch(gap);
        this.#there.push(gap);
      }
    });
    this.#filling = filling.catch(() => undefined);
    await filling;
  }

  /** What arrives stays there for the next try. */
  async #fetch({ from, to }: ByteRange): Promise<void> {
    const { job, platform, signal } = this.#context;
    const { bucket, key, etag } = job.inputS3Location;
    let at = from;
    await withRetries(this.#context, 'download', async () => {
      const range = `bytes=${at}-${to - 1}`;
      const options = { bucket, ifMatch: etag, range, signal };
      const { body } = await platform.objects.open(key, options).catch((error: unknown) => {
        throw finalFailureOf(error) ?? error;
      });
      let pieces: Buffer[] = [];
      let held = 0;
      const flush = async () => {
        if (at + held > to) throw new Error(`more than ${to - from} bytes came`);
        if (held > 0) await this.#file.writev(pieces, at);
        at += held;
        [pieces, held] = [[], 0];
      };
      for await (const piece of body as AsyncIterable<Buffer>) {
        pieces.push(piece);
        held += piece.length;
        if (held >= BLOCK_BYTES) await flush();
      }
      await flush();
      if (at !== to) throw new Error(`the stream ended after ${at - from} of ${to - from} bytes`);
    });
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Makes room for the whole. */
  async remove(): Promise<void> {
    await rm(join(this.#context.folder, folderFiles.input), { force: true });
  }
}

/** What of a range is not there. */
function gapsIn(there: readonly ByteRange[], { from, to }: ByteRange): ByteRange[] {
  let gaps = from < to ? [{ from, to }] : [];
  for (const part of there) {
    gaps = gaps.flatMap((gap) => {
      const before = { from: gap.from, to: Math.min(gap.to, part.from) };
      const behind = { from: Math.max(gap.from, part.to), to: gap.to };
      if (part.to <= gap.from || part.from >= gap.to) return [gap];
      return [before, behind].filter((rest) => rest.from < rest.to);
    });
  }
  return gaps;
}
