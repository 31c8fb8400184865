/**
 * Whether bytes are what S3 says of them. S3 keeps sums of what it stores, and the ETag of most objects is one: the MD5
 * of the bytes, or, of an upload in N parts, the MD5 of the parts' MD5s and `-N` (AWS: "Checking object integrity").
 */
import { createHash, type Hash } from 'node:crypto';
import { choosePartSize, partCountOf } from '@wavefleet/contracts/uploads.ts';

/**
 * The ETag of bytes as they come, so that what is fetched is not read once more. It is told by {@link EtagSum.etag};
 * undefined where that cannot be: for one that is no MD5, or of parts of an unknown size.
 */
export class EtagSum {
  readonly #partBytes: number;
  /** Of an upload in parts: the MD5 of the parts' MD5s, and how many there are. */
  readonly #parts: { readonly all: Hash; readonly count: string } | undefined;
  #part: Hash | undefined;
  #inPart = 0;

  /** @param object its ETag, as S3 gave it, says how it was made. */
  constructor({ etag, sizeBytes }: { readonly etag: string; readonly sizeBytes: number }) {
    const [isSum, count] = /^"[0-9a-f]{32}(?:-(\d+))?"$/.exec(etag) ?? [];
    this.#partBytes = count === undefined ? Number.POSITIVE_INFINITY : choosePartSize(sizeBytes);
    const isKnown = count === undefined || partCountOf(sizeBytes, this.#partBytes) === Number(count);
    this.#parts = count === undefined ? undefined : { all: createHash('md5'), count };
    this.#part = isSum !== undefined && isKnown ? createHash('md5') : undefined;
  }

  add(bytes: Uint8Array): void {
    if (this.#part === undefined) return;
    let rest = bytes;
    while (this.#inPart + rest.length > this.#partBytes) {
      const end = this.#partBytes - this.#inPart;
      this.#part.update(rest.subarray(0, end));
      this.#parts?.all.update(this.#part.digest());
      this.#part = createHash('md5');
      this.#inPart = 0;
      rest = rest.subarray(end);
    }
    this.#part.update(rest);
    this.#inPart += rest.length;
  }

  /** Once: of all that was added. */
  etag(): string | undefined {
    const last = this.#part?.digest();
    this.#part = undefined;
    if (last === undefined || this.#parts === undefined) return last && `"${last.toString('hex')}"`;
    const { all, count } = this.#parts;
    return `"${all.update(last).digest('hex')}-${count}"`;
  }
}
