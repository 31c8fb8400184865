/**
 * A source of which only what one segment hears is fetched: its beginning, its end, and one piece. The rest is a hole of the
 * right size, which takes no room and reads as silence, so that every sample keeps its place.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Holes } from '@wavefleet/audio/convert-segment.ts';
import { folderFiles } from '@wavefleet/audio/folder-files.ts';
import type { ByteRange } from '@wavefleet/audio/split/pcm-range.ts';
import type { WorkContext } from '../context.ts';
import { downloadCover } from '../stages/download.ts';
import { withRetries } from '../transfer-retries.ts';

/** Headers lie in the first, tags behind the sound in the last. */
const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 256 * 1024;
/** Of a smaller source all is fetched. */
const LEAST_BYTES = 16 * 1024 ** 2;
const WAV = /^(RIFF|RF64|BW64).{4}WAVE/s;

export class HoleySource implements Holes {
  readonly headBytes = HEAD_BYTES;
  readonly #context: WorkContext;
  /** Kept open: what runs in the folder may put something else in the file's place. */
  readonly #file: FileHandle;

  private constructor(context: WorkContext, file: FileHandle) {
    this.#context = context;
    this.#file = file;
  }

  /**
   * Fetches beginning and end. Undefined for what is small or no WAV; then nothing lies in the folder.
   * @throws as a download does.
   */
  static async open(context: WorkContext): Promise<HoleySource | undefined> {
    const { sizeBytes } = context.job.inputS3Location;
    if (sizeBytes < LEAST_BYTES) return undefined;
    await context.workDir.requireRoom(context.folder, sizeBytes);
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const path = join(context.folder, folderFiles.input);
    const source = new HoleySource(context, await open(path, flags, 0o600));
    try {
      await source.#file.truncate(sizeBytes);
      await source.fill({ from: 0, to: HEAD_BYTES });
      const { buffer } = await source.#file.read(Buffer.alloc(12), 0, 12, 0);
      if (!WAV.test(buffer.toString('latin1'))) {
        await source.close();
        await source.remove();
        return undefined;
      }
      await source.fill({ from: sizeBytes - TAIL_BYTES, to: sizeBytes });
      await downloadCover(context);
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  async fill({ from, to }: ByteRange): Promise<void> {
    // An empty range is none that HTTP knows: all of the object would come.
    if (to <= from) return;
    const { job, platform, signal } = this.#context;
    const { bucket, key, etag } = job.inputS3Location;
    await withRetries(this.#context, 'download', async () => {
      const range = `bytes=${from}-${to - 1}`;
      const { body } = await platform.objects.open(key, { bucket, ifMatch: etag, range, signal });
      let at = from;
      await pipeline(
        body,
        async (pieces: AsyncIterable<Buffer>) => {
          for await (const piece of pieces) {
            if (at + piece.length > to) throw new Error(`more than ${to - from} bytes came`);
            await this.#file.write(piece, 0, piece.length, at);
            at += piece.length;
          }
        },
        { signal },
      );
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
