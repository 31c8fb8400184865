/**
 * Results as an attempt at a job leaves them in S3, each with a note about itself. So work that was stored, but could
 * not be entered into the job's record any more, is found and taken over by the next attempt.
 */
import { CopyObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { outputPrefix } from '@wavefleet/contracts/keys.ts';
import { isMissing, isPreconditionFailed } from '../aws/errors.ts';
import { type ObjectStore, SINGLE_PUT_LIMIT_BYTES } from './objects.ts';

/** User metadata of an object, and so a header: `x-amz-meta-…`. */
const NOTE = 'wavefleet-result';
/** S3 takes 2 KB of user metadata, names included (AWS: "Working with object metadata"). */
const LONGEST_NOTE = 2_048 - NOTE.length;

/** The metadata of a result with that note; none for a note that is too long. @param note printable ASCII. */
export function withNote(note: string | undefined): Record<string, string> {
  return note === undefined || note.length > LONGEST_NOTE ? {} : { [NOTE]: note };
}

/** A stored result. */
export interface AttemptResult {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** SHA-256 in hex, where the store keeps it. */
  readonly sha256: string | undefined;
  readonly note: string | undefined;
}

export class AttemptResults {
  readonly #s3: S3Client;
  readonly #streams: S3Client;
  readonly #objects: ObjectStore;

  /** @param clients.s3Streams waits longer: S3 copies gigabytes before it answers. */
  constructor(clients: { s3: S3Client; s3Streams: S3Client }, objects: ObjectStore) {
    this.#s3 = clients.s3;
    this.#streams = clients.s3Streams;
    this.#objects = objects;
  }

  /** Every key that attempts at the job have stored, up to 1,000. @throws SDK errors. */
  async keys(jobId: string): Promise<string[]> {
    return await this.#objects.list(outputPrefix(jobId));
  }

  /** What lies there; undefined when nothing does. @throws SDK errors. */
  async look(key: string): Promise<AttemptResult | undefined> {
    try {
      const { ContentLength, ETag, ChecksumSHA256, ChecksumType, Metadata } = await this.#s3.send(
        new HeadObjectCommand({ Bucket: this.#objects.bucket, Key: key, ChecksumMode: 'ENABLED' }),
      );
      // Of an object in parts it would be the sum of the parts' sums.
      const isWhole = ChecksumSHA256 !== undefined && ChecksumType !== 'COMPOSITE';
      return {
        key,
        sizeBytes: ContentLength ?? 0,
        etag: ETag ?? '',
        sha256: isWhole ? Buffer.from(ChecksumSHA256, 'base64').toString('hex') : undefined,
        note: Metadata?.[NOTE],
      };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /**
   * Makes the result the one of another attempt as well, note and all, within S3. The first may then be deleted by the
   * attempt that stored it.
   * @returns whether it was there still, as it was looked at, and small enough for one copy (5 GiB).
   * @throws SDK errors.
   */
  async copy({ key, etag, sizeBytes }: AttemptResult, toKey: string, signal: AbortSignal): Promise<boolean> {
    if (sizeBytes > SINGLE_PUT_LIMIT_BYTES) return false;
    const source = `${this.#objects.bucket}/${key}`.split('/').map(encodeURIComponent).join('/');
    try {
      const copy = { Bucket: this.#objects.bucket, Key: toKey, CopySource: source, CopySourceIfMatch: etag };
      await this.#streams.send(new CopyObjectCommand(copy), { abortSignal: signal });
      return true;
    } catch (error) {
      if (isMissing(error) || isPreconditionFailed(error)) return false;
      throw error;
    }
  }
}
