/** PUT, copy and DELETE of an object. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { S3Store } from '../fauxqs.ts';
import { noSuchKey, notImplemented, preconditionFailed, S3Fault, sendXml } from './answers.ts';
import { receiveBody } from './body-sink.ts';
import type { DiskStore, StoredObject } from './disk-store.ts';
import { listsEtag } from './object-read.ts';
import { parseS3Request, type S3Request, systemMetadata, userMetadata } from './request.ts';

const KEY_LIMIT_BYTES = 1024;

export type Created = (bucket: string, object: StoredObject, event: string) => void;

export class Objects {
  readonly #disk: DiskStore;
  readonly #store: S3Store;
  readonly #created: Created;

  /** @param created told after an object exists: `Put`, `Copy` or `CompleteMultipartUpload`. */
  constructor(disk: DiskStore, store: S3Store, created: Created) {
    this.#disk = disk;
    this.#store = store;
    this.#created = created;
  }

  /** @throws S3Fault NoSuchBucket, but for a missing key only undefined. */
  find(bucket: string, key: string): StoredObject | undefined {
    this.requireBucket(bucket);
    try {
      const object = this.#store.headObject(bucket, key);
      return 'segments' in object ? (object as StoredObject) : undefined;
    } catch {
      return undefined;
    }
  }

  requireBucket(bucket: string): void {
    if (this.#store.hasBucket(bucket)) return;
    throw new S3Fault('NoSuchBucket', 'The specified bucket does not exist', 404);
  }

  /** Before a body is read: the bucket exists, the key is short enough, If-Match and If-None-Match hold. */
  checkWrite({ bucket, key }: S3Request, req: IncomingMessage): void {
    const present = this.find(bucket, key);
    if (Buffer.byteLength(key) > KEY_LIMIT_BYTES) {
      throw new S3Fault('KeyTooLongError', 'Your key is too long', 400);
    }
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = req.headers;
    if (ifMatch !== undefined && present === undefined) throw noSuchKey();
    if (ifMatch !== undefined && present !== undefined && !listsEtag(ifMatch, present)) {
      throw preconditionFailed();
    }
    if (ifNoneMatch !== undefined && present !== undefined && listsEtag(ifNoneMatch, present)) {
      throw preconditionFailed();
    }
  }

  async put(request: S3Request, req: IncomingMessage, res: ServerResponse): Promise<void> {
    this.checkWrite(request, req);
    const { bucket, key } = request;
    const file = this.#disk.newDataFile();
    const body = await receiveBody(req, this.#disk.dataPath(bucket, file));
    try {
      // Again: the check and the commit must see the same object, and the body took its time.
      this.checkWrite(request, req);
    } catch (error) {
      this.#disk.removeData(bucket, [{ file, size: body.size }]);
      throw error;
    }
    const object = this.commit(
      bucket,
      {
        key,
        contentLength: body.size,
        etag: `"${body.md5}"`,
        contentType: req.headers['content-type'] ?? 'binary/octet-stream',
        metadata: userMetadata(req),
        ...systemMetadata(req),
        ...(body.checksum && {
          checksumAlgorithm: body.checksum.algorithm,
          checksumValue: body.checksum.value,
          checksumType: 'FULL_OBJECT' as const,
        }),
        segments: [{ file, size: body.size }],
      },
      'Put',
    );
    if (body.checksum) {
      res.setHeader(`x-amz-checksum-${body.checksum.algorithm.toLowerCase()}`, body.checksum.value);
    }
    res.writeHead(200, { etag: object.etag, 'content-length': 0 }).end();
  }

  copy(request: S3Request, req: IncomingMessage, res: ServerResponse): void {
    if (request.query.has('partNumber')) throw notImplemented('UploadPartCopy');
    this.checkWrite(request, req);
    const source = parseS3Request(`/${String(req.headers['x-amz-copy-source']).replace(/^\//, '')}`);
    const found = source && this.find(source.bucket, source.key);
    if (source === undefined || found === undefined) throw noSuchKey();
    const replaced = req.headers['x-amz-metadata-directive'] === 'REPLACE';
    const { contentType, metadata, segments, ...kept } = found;
    const { contentLength, etag } = kept;
    const type = req.headers['content-type'] ?? contentType;
    const described = replaced
      ? { contentLength, etag, contentType: type, metadata: userMetadata(req), ...systemMetadata(req) }
      : { ...kept, contentType, metadata };
    const linked = segments.map((segment) => this.#disk.linkData(source.bucket, segment, request.bucket));
    const object = this.commit(request.bucket, { ...described, key: request.key, segments: linked }, 'Copy');
    const time = object.lastModified.toISOString();
    sendXml(
      res,
      `<CopyObjectResult><LastModified>${time}</LastModified><ETag>${object.etag}</ETag></CopyObjectResult>`,
    );
  }

  delete({ bucket, key }: S3Request, res: ServerResponse): void {
    this.requireBucket(bucket);
    this.#store.deleteObject(bucket, key);
    res.writeHead(204).end();
  }

  /** Times of one key only grow, since events are told apart by them. */
  commit(bucket: string, facts: Omit<StoredObject, 'body' | 'lastModified'>, event: string): StoredObject {
    const before = this.find(bucket, facts.key)?.lastModified.getTime() ?? 0;
    const lastModified = new Date(Math.max(Date.now(), before + 1));
    const object: StoredObject = { ...facts, lastModified, body: Buffer.alloc(0) };
    this.#disk.commit(bucket, object);
    this.#store.restoreObject(bucket, object);
    this.#created(bucket, object, event);
    return object;
  }
}
