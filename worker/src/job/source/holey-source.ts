/**
 * A source of which only a part is fetched: what a look at it takes, and what else is asked for. The rest is a hole of the
 * right size, which takes no room and reads as silence, so that every sample keeps its place.
 */
import { type FileHandle, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderFiles } from '@wavefleet/audio/folder-files.ts';
import type { ByteRange, Holes } from '@wavefleet/audio/holes.ts';
import type { WorkContext } from '../context.ts';
import { downloadCover } from '../stages/download.ts';
import { finalFailureOf, withRetries } from '../transfer-retries.ts';
import { writeBody } from '../write-body.ts';
import { createInput } from './input-file.ts';

export class HoleySource implements Holes {
  /** Kept open: what runs in the folder may put something else in the file's place. */
  readonly file: FileHandle;
  readonly #context: WorkContext;
  readonly #sizeBytes: number;
  /** What is there, in no order. */
  readonly #there: ByteRange[] = [];
  /** One after the other: what two need is fetched once. */
  #filling: Promise<unknown> = Promise.resolve();
  #headBytes = 0;

  private constructor(context: WorkContext, file: FileHandle) {
    this.#context = context;
    this.file = file;
    this.#sizeBytes = context.job.inputS3Location.sizeBytes;
  }

  get headBytes(): number {
    return this.#headBytes;
  }

  /**
   * The room for it has to be promised before.
   * @param begin fetches what has to be there from the beginning, and answers whether holes will do.
   * @returns the source, with the cover beside it; undefined where they will not. Then nothing lies in the folder.
   * @throws as a download does.
   */
  static async open(
    context: WorkContext,
    begin: (source: HoleySource) => Promise<boolean>,
  ): Promise<HoleySource | undefined> {
    const source = new HoleySource(context, await createInput(context.folder));
    try {
      await source.file.truncate(source.#sizeBytes);
      if (await begin(source)) {
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

  /** As `fill`, from its beginning: headers are looked for in there. */
  async fillHead(headBytes: number): Promise<void> {
    await this.fill({ from: 0, to: headBytes });
    this.#headBytes = headBytes;
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
      const left = to - at;
      const place = { file: this.file, at, sizeBytes: left, mostBytes: left };
      const onBlock = (bytes: Buffer) => {
        at += bytes.length;
      };
      await writeBody(body, { ...place, signal, onBlock });
      if (at !== to) throw new Error(`the stream ended after ${at - from} of ${to - from} bytes`);
    });
  }

  async close(): Promise<void> {
    await this.file.close();
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
