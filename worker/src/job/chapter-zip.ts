/** A zip of results, written file by file while they are made. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { openOwnFile } from '@wavefleet/audio/own-files.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { litter } from '@wavefleet/platform/litter.ts';
import { displayName } from '@wavefleet/platform/storage/file-names.ts';
import { ZipFile } from 'yazl';

/** What some system does not take in a name. */
const notInNames = /[/\\<>:"|?*\p{Cc}]/gu;

/** The name of a chapter's file, so that all of them sort in their order. */
export function chapterFileName(number: number, of: number, title: string, extension: string): string {
  const digits = String(number).padStart(String(of).length, '0');
  const text = title.replace(notInNames, '_').trim();
  return displayName(`${text === '' ? digits : `${digits} ${text}`}.${extension}`);
}

/** Sound does not get smaller by being packed once more: files are stored as they are. */
export class ChapterZip {
  readonly #zip = new ZipFile();
  readonly #broken = new AbortController();
  readonly #written: Promise<void>;
  readonly #mtime: Date;

  /**
   * @param path must not be there yet: nothing that a child has put there is followed.
   * @param mtime of all files in it, so that each attempt writes the same bytes.
   * @param signal its abort ends the writing.
   */
  constructor(path: string, mtime: Date, signal: AbortSignal) {
    this.#mtime = mtime;
    this.#zip.on('error', (error: unknown) => this.#broken.abort(error));
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    const ends = AbortSignal.any([signal, this.#broken.signal]);
    const littered = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        litter(chunk.length);
        done(null, chunk);
      },
    });
    this.#written = pipeline(this.#zip.outputStream, littered, file, { signal: ends });
    // Whoever adds a file or closes hears of it.
    this.#written.catch(() => undefined);
  }

  /**
   * Takes a file in, and away from the disk. A link in its place is not followed.
   * @throws Failure DISK_FULL, CONVERSION_FAILED; the abort reason.
   */
  async take(path: string, name: string): Promise<void> {
    const file = await openOwnFile(path);
    if (file === undefined) throw new Failure('CONVERSION_FAILED');
    const bytes = file.createReadStream();
    this.#zip.addReadStream(bytes, name, { compress: false, mtime: this.#mtime });
    try {
      await Promise.race([finished(bytes), this.#written]);
    } catch (error) {
      throw failureOfDisk(error);
    } finally {
      bytes.destroy();
    }
    await rm(path);
  }

  /** Writes the table of contents. @throws as {@link take}. */
  async close(): Promise<void> {
    this.#zip.end();
    await this.#written.catch((error: unknown) => {
      throw failureOfDisk(error);
    });
  }

  /** Lets go of the file, finished or not. */
  abandon(): void {
    this.#broken.abort();
  }
}

function failureOfDisk(error: unknown): unknown {
  const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  return isFull ? new Failure('DISK_FULL', { cause: error }) : error;
}
