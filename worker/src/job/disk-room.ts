/** Whether the disk has room for one more job, beside those that are still to write what they were promised. */
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodes } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';

/** The input, the output and some air. */
const INPUT_SIZES = 3;
/** What `stat` counts in (stat(2): st_blocks). */
const BLOCK_BYTES = 512;
/** A disk with less than this has had no room for something. */
const FULL_BELOW_BYTES = 1024 ** 2;

/** One for the process. */
export class DiskRoom {
  readonly #freeBytes: (folder: string) => Promise<number>;
  /** By folder, in bytes. */
  readonly #promised = new Map<string, number>();
  #last: Promise<void> = Promise.resolve();

  /** @param freeBytes on the disk that a folder lies on. Default: as the system says. */
  constructor(freeBytes = freeBytesOf) {
    this.#freeBytes = freeBytes;
  }

  /**
   * Promises a job its room.
   * @throws Failure DISK_FULL when it is not there, or others were promised it.
   */
  async require(folder: string, inputSizeBytes: number): Promise<void> {
    await this.requireBytes(folder, inputSizeBytes * INPUT_SIZES);
  }

  /** As above for a job that needs so many bytes, whatever its input is. */
  async requireBytes(folder: string, bytes: number): Promise<void> {
    // One after the other: of two that ask at once, the second must count the first.
    const mine = this.#last.then(() => this.#require(folder, bytes));
    this.#last = mine.catch(() => undefined);
    await mine;
  }

  /**
   * Whether a job may write so much more than it has by now. If so, that is promised to it as well.
   * @returns false where the room is not there, or others were promised it.
   */
  async allows(folder: string, moreBytes: number): Promise<boolean> {
    const mine = this.#last.then(() => this.#allows(folder, moreBytes));
    this.#last = mine.then(
      () => undefined,
      () => undefined,
    );
    return await mine;
  }

  async #allows(folder: string, moreBytes: number): Promise<boolean> {
    if ((await this.#freeBytes(folder)) < moreBytes + (await this.#unwrittenBytes(folder))) return false;
    const bytes = (await bytesBelow(folder)) + moreBytes;
    this.#promised.set(folder, Math.max(bytes, this.#promised.get(folder) ?? 0));
    return true;
  }

  async #require(folder: string, bytes: number): Promise<void> {
    if ((await this.#freeBytes(folder)) < bytes + (await this.#unwrittenBytes(folder)))
      throw new Failure('DISK_FULL');
    this.#promised.set(folder, bytes);
  }

  /**
   * What was to blame for an error of a conversion: FFmpeg does not always say that the disk is full. Then what it wrote
   * is cut off or empty, as if the file were at fault, and nothing that is said of that file can be believed. To be asked
   * while what it wrote is still there.
   * @returns the error, or Failure DISK_FULL.
   */
  async blame(folder: string, error: unknown): Promise<unknown> {
    // What is tried again later costs the job nothing, whatever it is called.
    const isTrouble = error instanceof Failure && errorCodes[error.code].again === 'later';
    if (isTrouble || (await this.#freeBytes(folder)) >= FULL_BELOW_BYTES) return error;
    return new Failure('DISK_FULL', { cause: error });
  }

  /** The job is over. */
  release(folder: string): void {
    this.#promised.delete(folder);
  }

  /** @param but whose own promise does not count. */
  async #unwrittenBytes(but: string): Promise<number> {
    let unwritten = 0;
    for (const [folder, promised] of this.#promised)
      if (folder !== but) unwritten += Math.max(0, promised - (await bytesBelow(folder)));
    return unwritten;
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** What goes while it is looked at counts nothing, and neither do holes. */
async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      stat(join(parentPath, name)).then(
        ({ size, blocks }) => Math.min(size, blocks * BLOCK_BYTES),
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
