/** S3: streamed in, streamed out, never buffered whole. Knows objects and keys, nothing of jobs. */
import type { Readable } from 'node:stream';
import { Readable as NodeReadable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ObjectRef } from '@wavefleet/contracts/job.ts';
import { isInvalidRange, isMissing, isPreconditionFailed, isWriteConflict } from '../aws/errors.ts';
import { contentDisposition } from './file-names.ts';
import { type PresignedUrl, presign } from './presign.ts';

/** S3 takes at most 5 GiB in one PutObject (AWS: "Uploading objects"). */
export const SINGLE_PUT_LIMIT_BYTES = 5 * 1024 ** 3;
/** One part in memory at a time keeps memory flat; 10,000 of them are 80 GiB. */
const PART_BYTES = 8 * 1024 ** 2;

/** An object being read. `contentRange` is set when only a part was asked for. */
export interface OpenObject {
  readonly body: Readable;
  readonly sizeBytes: number;
  readonly contentRange: string | undefined;
  readonly etag: string;
  /** Encrypted by a key of KMS or of a customer, an object has an ETag that is no sum of its bytes. */
  readonly etagIsSum: boolean;
}

/** An object in a listing. */
export interface StoredObject {
  readonly key: string;
  readonly storedAtMs: number;
}

export class ObjectStore {
  readonly #s3: S3Client;
  readonly #streams: S3Client;
  readonly #publicS3: S3Client;
  readonly bucket: string;

  /** See `aws/clients.ts` for what the three clients are for. */
  constructor(clients: { s3: S3Client; s3Streams: S3Client; s3Public: S3Client }, bucket: string) {
    this.#s3 = clients.s3;
    this.#streams = clients.s3Streams;
    this.#publicS3 = clients.s3Public;
    this.bucket = bucket;
  }

  /**
   * Stores a stream whose length is known beforehand in one request: nothing is gathered in memory. A broken stream
   * leaves nothing behind. The SDK cannot send a stream twice, so that S3's failures are not tried again.
   * @param facts.sizeBytes at most {@link SINGLE_PUT_LIMIT_BYTES}.
   */
  async putStreamed(
    key: string,
    body: Readable,
    { sizeBytes, contentType }: { readonly sizeBytes: number; readonly contentType: string },
    signal?: AbortSignal,
  ): Promise<{ etag: string }> {
    const { ETag } = await this.#streams.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: body,
        ContentLength: sizeBytes,
        ContentType: contentType,
      }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    return { etag: ETag ?? '' };
  }

  /** Stores bytes that are all there. S3's failures are tried again. */
  async putBytes(
    key: string,
    body: Buffer,
    contentType: string,
    signal?: AbortSignal,
  ): Promise<{ etag: string }> {
    const { ETag } = await this.#s3.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentType: contentType }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    return { etag: ETag ?? '' };
  }

  /**
   * Stores bytes whose length and SHA-256 (hex) are known; S3 checks the sum. Metadata only up to the limit. They have to
   * come from this machine: who pauses for 10 s is taken for a silent S3.
   */
  async putKnown(
    key: string,
    body: Readable,
    facts: { sizeBytes: number; sha256: string; contentType: string; metadata?: Record<string, string> },
    signal?: AbortSignal,
  ): Promise<void> {
    if (facts.sizeBytes > SINGLE_PUT_LIMIT_BYTES) {
      await this.#putHuge(key, body, facts.contentType, signal);
      return;
    }
    await this.#s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: body,
        ContentLength: facts.sizeBytes,
        ContentType: facts.contentType,
        ChecksumSHA256: Buffer.from(facts.sha256, 'hex').toString('base64'),
        Metadata: facts.metadata,
      }),
      signal === undefined ? {} : { abortSignal: signal },
    );
  }

  /** Part by part, for what S3 does not take in one request. A broken or aborted stream leaves nothing behind. */
  async #putHuge(key: string, body: Readable, contentType: string, signal?: AbortSignal): Promise<void> {
    const upload = new Upload({
      client: this.#s3,
      params: { Bucket: this.bucket, Key: key, Body: body, ContentType: contentType },
      partSize: PART_BYTES,
      queueSize: 1,
    });
    const abort = () => void upload.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await upload.done();
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Stores a value unless somebody else has stored or removed one meanwhile (S3: "conditional writes").
   * @param replaces the ETag of what is replaced; undefined when there must be nothing.
   * @returns whether it was stored.
   */
  async putJsonIf(key: string, value: unknown, replaces: string | undefined): Promise<boolean> {
    try {
      await this.#s3.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: key,
          Body: `${JSON.stringify(value, null, 2)}\n`,
          ContentType: 'application/json',
          ...(replaces === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaces }),
        }),
      );
      return true;
    } catch (error) {
      if ([isPreconditionFailed, isWriteConflict, isMissing].some((is) => is(error))) return false;
      throw error;
    }
  }

  /**
   * Opens an object for reading.
   * @param options.range an HTTP Range value such as `bytes=0-99`; `ifMatch` pins the version; `paced` is for
   *   readers that may be slow, whose pauses must not pass for trouble of S3.
   * @throws Failure OUTPUT_EXPIRED when it is gone, RANGE_INVALID when the range lies outside. Other SDK errors pass.
   */
  async open(
    key: string,
    options: {
      range?: string | undefined;
      ifMatch?: string;
      bucket?: string;
      signal?: AbortSignal;
      paced?: boolean;
    } = {},
  ): Promise<OpenObject> {
    try {
      const client = options.paced === true ? this.#streams : this.#s3;
      const answer = await client.send(
        new GetObjectCommand({
          Bucket: options.bucket ?? this.bucket,
          Key: key,
          Range: options.range,
          IfMatch: options.ifMatch,
        }),
        options.signal === undefined ? {} : { abortSignal: options.signal },
      );
      if (!(answer.Body instanceof NodeReadable)) throw new Error('S3 answered without a body stream');
      return {
        body: answer.Body,
        sizeBytes: answer.ContentLength ?? 0,
        contentRange: answer.ContentRange,
        etag: answer.ETag ?? '',
        etagIsSum:
          (answer.ServerSideEncryption ?? 'AES256') === 'AES256' && answer.SSECustomerAlgorithm === undefined,
      };
    } catch (error) {
      if (isInvalidRange(error)) throw new Failure('RANGE_INVALID', { cause: error });
      throw error;
    }
  }

  /**
   * The first bytes of that version of an object, at most `sizeBytes`.
   * @throws SDK errors, also when it is gone or was replaced.
   */
  async start({ bucket, key, etag }: ObjectRef, sizeBytes: number, signal?: AbortSignal): Promise<Buffer> {
    const range = `bytes=0-${sizeBytes - 1}`;
    const { body } = await this.open(key, { bucket, ifMatch: etag, range, ...(signal && { signal }) });
    return await buffer(body);
  }

  /** The cheapest question there is. @throws SDK errors, when S3 does not answer. */
  async answers(signal: AbortSignal): Promise<void> {
    await this.#s3.send(new HeadBucketCommand({ Bucket: this.bucket }), { abortSignal: signal });
  }

  /** Size and etag, or undefined when there is no such object. */
  async head(key: string, bucket = this.bucket): Promise<ObjectRef | undefined> {
    try {
      const answer = await this.#s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return { bucket, key, sizeBytes: answer.ContentLength ?? 0, etag: answer.ETag ?? '' };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** A URL that downloads the object under `fileName`, as `presign` makes it. */
  async presignDownload(
    key: string,
    as: { fileName: string; contentType: string },
    wantedSeconds: number,
  ): Promise<PresignedUrl> {
    const command = new GetObjectCommand({
      Bucket: this.bucket,
      Key: key,
      ResponseContentDisposition: contentDisposition(as.fileName),
      ResponseContentType: as.contentType,
    });
    const sign = (expiresIn: number) => getSignedUrl(this.#publicS3, command, { expiresIn });
    return await presign(this.#publicS3, sign, wantedSeconds);
  }

  /**
   * Deletes keys (up to 1,000); those that are not there count as deleted.
   * @throws Failure STORAGE_UNAVAILABLE when S3 keeps some of them: it answers 200 all the same, and says so key by key.
   */
  async remove(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const { Errors = [] } = await this.#s3.send(
      new DeleteObjectsCommand({
        Bucket: this.bucket,
        Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
      }),
    );
    if (Errors.length === 0) return;
    const codes = [...new Set(Errors.map(({ Code = 'unknown' }) => Code))].join(', ');
    const cause = new Error(`S3 did not delete ${Errors.length} of ${keys.length} objects: ${codes}`);
    throw new Failure('STORAGE_UNAVAILABLE', { cause });
  }

  /** Every object below a prefix, in pages of up to 1,000, by name. @throws SDK errors. */
  async *pages(prefix: string): AsyncGenerator<StoredObject[]> {
    let token: string | undefined;
    do {
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken: token }),
      );
      yield (page.Contents ?? []).map(({ Key, LastModified }) => ({
        key: Key ?? '',
        storedAtMs: LastModified?.getTime() ?? Number.POSITIVE_INFINITY,
      }));
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** Up to 1,000 keys below a prefix. */
  async list(prefix: string): Promise<string[]> {
    const answer = await this.#s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix }));
    return (answer.Contents ?? []).flatMap((object) => object.Key ?? []);
  }
}
