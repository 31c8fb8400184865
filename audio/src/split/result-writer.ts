/** Writes a result of ours into the attempt's folder, block by block. */
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';

const BLOCK_BYTES = 256 * 1024;

/** One file on its way. Whoever creates it must call `abandon` in the end, which does nothing behind `close`. */
export class ResultWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #inBlock = 0;
  #isOpen = true;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** In place of whatever is there, which a child may have put there. @throws Failure DISK_FULL. */
  static async create(path: string): Promise<ResultWriter> {
    await rm(path, { force: true });
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    return new ResultWriter(path, await open(path, flags));
  }

  /** @throws Failure DISK_FULL. */
  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const count = bytes.copy(this.#block, this.#inBlock, at);
      this.#inBlock += count;
      at += count;
      if (this.#inBlock === BLOCK_BYTES) await this.#flush();
    }
  }

  /** Over what was written before. @throws Failure DISK_FULL. */
  async writeAt(position: number, bytes: Buffer): Promise<void> {
    await this.#flush();
    await inFull(this.#file.write(bytes, 0, bytes.length, position), bytes.length);
  }

  /** @throws Failure DISK_FULL. */
  async close(): Promise<void> {
    await this.#flush();
    this.#isOpen = false;
    await this.#file.close();
  }

  /** Removes what was written, unless it was closed. */
  async abandon(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  async #flush(): Promise<void> {
    const length = this.#inBlock;
    this.#inBlock = 0;
    if (length > 0) await inFull(this.#file.write(this.#block, 0, length), length);
  }
}

async function inFull(writing: Promise<{ bytesWritten: number }>, length: number): Promise<void> {
  const written = await writing.catch((cause: unknown) => {
    const isFull = cause instanceof Error && 'code' in cause && /^(ENOSPC|EDQUOT)$/.test(String(cause.code));
    throw isFull ? new Failure('DISK_FULL', { cause }) : cause;
  });
  if (written.bytesWritten !== length) throw new Failure('DISK_FULL');
}
