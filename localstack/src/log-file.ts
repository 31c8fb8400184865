/** The log file of a process: it never fails, whatever the disk does, and does not grow without end. */
import { type FileHandle, open, rename } from 'node:fs/promises';
import { Writable } from 'node:stream';

/** Of each file; the one before is kept beside it as `<path>.1`. */
const LOG_FILE_BYTES = 64 * 1024 ** 2;

/**
 * Takes lines and appends them. Into a stream that has failed nobody pipes any more: the log would end there, and a process that
 * writes straight to its output would stand still once that is full: what a full disk does not take is left out, and the next lines are tried again.
 */
export class LogFile extends Writable {
  readonly #path: string;
  readonly #mostBytes: number;
  #file: FileHandle | undefined;
  #sizeBytes = 0;

  /** @param mostBytes of one file. */
  constructor(path: string, mostBytes = LOG_FILE_BYTES) {
    super();
    this.#path = path;
    this.#mostBytes = mostBytes;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    void this.#append(chunk).finally(done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    void this.#append(Buffer.concat(chunks.map(({ chunk }) => chunk))).finally(done);
  }

  override _final(done: () => void): void {
    void this.#close().finally(done);
  }

  async #append(lines: Buffer): Promise<void> {
    try {
      if (this.#sizeBytes >= this.#mostBytes) {
        await this.#close();
        // Where that cannot be had, it goes on in the same file.
        await rename(this.#path, `${this.#path}.1`).catch(() => undefined);
      }
      this.#file ??= await this.#open();
      await this.#file.appendFile(lines);
      this.#sizeBytes += lines.length;
    } catch {
      await this.#close();
    }
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#path, 'a');
    this.#sizeBytes = (await file.stat()).size;
    return file;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }
}
