/** S3's multipart uploads: a file arrives in parts, in any order, and is an object only once they are joined. */
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { isMissingUpload } from '../aws/errors.ts';
import { type PresignedUrl, presign } from './presign.ts';

/** One multipart upload, as S3 knows it. */
export interface MultipartRef {
  readonly key: string;
  readonly multipartId: string;
}

/** A part as S3 has it. */
export interface StoredPart {
  readonly partNumber: number;
  readonly sizeBytes: number;
  readonly etag: string;
}

/** A multipart upload that was begun and not ended. */
export interface BegunUpload extends MultipartRef {
  readonly initiatedAtMs: number;
}

export class PartStore {
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

  /** Answers S3's id of the new multipart upload. */
  async begin(key: string, contentType: string): Promise<string> {
    const { UploadId } = await this.#s3.send(
      new CreateMultipartUploadCommand({ Bucket: this.bucket, Key: key, ContentType: contentType }),
    );
    if (UploadId === undefined) throw new Error('S3 began a multipart upload without an id');
    return UploadId;
  }

  /** A URL that takes exactly this part, of exactly this size, as `presign` makes it. */
  async presign(
    upload: MultipartRef,
    part: { partNumber: number; sizeBytes: number },
    wantedSeconds: number,
  ): Promise<PresignedUrl> {
    const command = new UploadPartCommand({
      ...this.#named(upload),
      PartNumber: part.partNumber,
      // Signed into the URL: S3 refuses a body of another length.
      ContentLength: part.sizeBytes,
    });
    const sign = (expiresIn: number) => getSignedUrl(this.#publicS3, command, { expiresIn });
    return await presign(this.#publicS3, sign, wantedSeconds);
  }

  /**
   * Sends one part; the same part sent again is replaced. Answers its ETag.
   * @param body bytes are sent again when S3 fails, a stream cannot be.
   */
  async put(
    upload: MultipartRef,
    part: { readonly partNumber: number; readonly sizeBytes: number },
    body: Readable | Buffer,
    signal: AbortSignal,
  ): Promise<string> {
    const client = Buffer.isBuffer(body) ? this.#s3 : this.#streams;
    const { ETag } = await client.send(
      new UploadPartCommand({
        ...this.#named(upload),
        PartNumber: part.partNumber,
        ContentLength: part.sizeBytes,
        Body: body,
      }),
      { abortSignal: signal },
    );
    return ETag ?? '';
  }

  /** All parts, in order; undefined when S3 knows no such upload (joined, aborted, never begun). */
  async list(upload: MultipartRef): Promise<StoredPart[] | undefined> {
    const parts: StoredPart[] = [];
    let marker: string | undefined;
    try {
      do {
        const page = await this.#s3.send(
          new ListPartsCommand({ ...this.#named(upload), PartNumberMarker: marker }),
        );
        for (const { PartNumber, Size, ETag } of page.Parts ?? []) {
          parts.push({ partNumber: PartNumber ?? 0, sizeBytes: Size ?? 0, etag: ETag ?? '' });
        }
        marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
      } while (marker !== undefined);
      return parts;
    } catch (error) {
      if (isMissingUpload(error)) return undefined;
      throw error;
    }
  }

  /** Joins the parts into the object; answers its ETag. @throws SDK errors, such as NoSuchUpload and InvalidPart. */
  async complete(upload: MultipartRef, parts: readonly StoredPart[]): Promise<string> {
    const { ETag } = await this.#s3.send(
      new CompleteMultipartUploadCommand({
        ...this.#named(upload),
        MultipartUpload: {
          Parts: parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag })),
        },
      }),
    );
    return ETag ?? '';
  }

  /** Drops the upload with its parts. One that is gone already counts as dropped. */
  async abort(upload: MultipartRef, signal?: AbortSignal): Promise<void> {
    const options = signal === undefined ? {} : { abortSignal: signal };
    const command = new AbortMultipartUploadCommand(this.#named(upload));
    await this.#s3.send(command, options).catch((error: unknown) => {
      if (!isMissingUpload(error)) throw error;
    });
  }

  /** Uploads below a prefix that were begun and not ended, page by page (S3: at most 1,000 each). */
  async *begun(prefix: string): AsyncGenerator<BegunUpload[]> {
    let marker: { KeyMarker: string; UploadIdMarker: string } | undefined;
    do {
      const page = await this.#s3.send(
        new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: prefix, ...marker }),
      );
      yield (page.Uploads ?? []).flatMap(({ Key, UploadId, Initiated }) =>
        Key === undefined || UploadId === undefined || Initiated === undefined
          ? []
          : [{ key: Key, multipartId: UploadId, initiatedAtMs: Initiated.getTime() }],
      );
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      marker =
        page.IsTruncated === true && KeyMarker !== undefined && UploadIdMarker !== undefined
          ? { KeyMarker, UploadIdMarker }
          : undefined;
    } while (marker !== undefined);
  }

  #named({ key, multipartId }: MultipartRef) {
    return { Bucket: this.bucket, Key: key, UploadId: multipartId };
  }
}
