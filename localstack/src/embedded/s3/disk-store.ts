/**
 * Objects as files. fauxqs keeps the index (listing, deleting) and calls this class to keep it on disk; bodies
 * are written and read by the files beside this one, as streams, and never pass through fauxqs.
 *
 * Per bucket: `objects/{sha256 of the key}.json` is the truth, `data/{uuid}` are the bytes. A key never becomes
 * a path, data files are never changed, and the rename of the .json is the moment an object exists. An object
 * can have several data files: a multipart upload is completed without copying its parts.
 */
import { createHash, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { S3Object, S3Persistence } from '../fauxqs.ts';

const segment = z.object({ file: z.string(), size: z.number() });
export type Segment = z.infer<typeof segment>;
export type StoredObject = S3Object & { readonly segments: Segment[] };

export const savedObject = z.looseObject({
  key: z.string(),
  contentType: z.string(),
  contentLength: z.number(),
  etag: z.string(),
  lastModified: z.coerce.date(),
  metadata: z.record(z.string(), z.string()),
  contentLanguage: z.string().exactOptional(),
  contentDisposition: z.string().exactOptional(),
  cacheControl: z.string().exactOptional(),
  contentEncoding: z.string().exactOptional(),
  checksumAlgorithm: z.enum(['CRC32', 'SHA1', 'SHA256']).exactOptional(),
  checksumValue: z.string().exactOptional(),
  checksumType: z.enum(['FULL_OBJECT', 'COMPOSITE']).exactOptional(),
  segments: z.array(segment),
});
export const savedBucket = z.object({ name: z.string(), creationDate: z.coerce.date() });
export const savedPart = segment.extend({ number: z.number(), etag: z.string(), lastModified: z.string() });

/** Of each bucket. */
export const BUCKET_FOLDERS = ['objects', 'data', 'uploads'];

export class DiskStore implements S3Persistence {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
    mkdirSync(root, { recursive: true });
  }

  /** Bucket names are checked by fauxqs before they get here: letters, digits, dots inside, hyphens. */
  bucketPath(bucket: string, ...path: string[]): string {
    return join(this.#root, bucket, ...path);
  }

  dataPath(bucket: string, file: string): string {
    return this.bucketPath(bucket, 'data', file);
  }

  newDataFile(): string {
    return randomUUID();
  }

  removeData(bucket: string, segments: readonly Segment[]): void {
    for (const { file } of segments) rmSync(this.dataPath(bucket, file), { force: true });
  }

  /** A second name for the same bytes, so that either can be deleted on its own. */
  linkData(bucket: string, { file, size }: Segment, target: string): Segment {
    const copy = this.newDataFile();
    linkSync(this.dataPath(bucket, file), this.dataPath(target, copy));
    return { file: copy, size };
  }

  /** The object exists once this returns; the bytes of the one that it replaces are gone. */
  commit(bucket: string, object: StoredObject): void {
    const replaced = this.#read(bucket, object.key);
    const { body: _, ...saved } = object;
    replaceFile(this.#metaPath(bucket, object.key), JSON.stringify(saved));
    if (replaced !== undefined) this.removeData(bucket, replaced.segments);
  }

  insertBucket(name: string, creationDate: Date): void {
    for (const folder of BUCKET_FOLDERS) {
      mkdirSync(this.bucketPath(name, folder), { recursive: true });
    }
    replaceFile(this.bucketPath(name, 'bucket.json'), JSON.stringify({ name, creationDate }));
  }

  deleteBucket(name: string): void {
    rmSync(this.bucketPath(name), { recursive: true, force: true });
  }

  saveBucketLifecycleConfiguration(bucket: string, config: string): void {
    replaceFile(this.bucketPath(bucket, 'lifecycle.xml'), config);
  }

  deleteBucketLifecycleConfiguration(bucket: string): void {
    rmSync(this.bucketPath(bucket, 'lifecycle.xml'), { force: true });
  }

  /** Only for the one write that fauxqs does itself: an HTML form's POST. */
  upsertObject(bucket: string, object: S3Object): void {
    const file = this.newDataFile();
    writeFileSync(this.dataPath(bucket, file), object.body);
    this.commit(bucket, Object.assign(object, { segments: [{ file, size: object.contentLength }] }));
  }

  deleteObject(bucket: string, key: string): void {
    const object = this.#read(bucket, key);
    if (object === undefined) return;
    rmSync(this.#metaPath(bucket, key), { force: true });
    this.removeData(bucket, object.segments);
  }

  readBody(bucket: string, key: string): Buffer {
    const segments = this.#read(bucket, key)?.segments ?? [];
    return Buffer.concat(segments.map(({ file }) => readFileSync(this.dataPath(bucket, file))));
  }

  // Loading is disk-load.ts, multipart uploads never reach fauxqs (multipart.ts), and the rest has no caller over HTTP.
  loadS3 = unused;
  deleteObjectsByBucket = unused;
  deleteAllObjects = unused;
  renameObject = unused;
  insertMultipartUpload = unused;
  upsertMultipartPart = unused;
  deleteMultipartUpload = unused;
  completeMultipartUpload = unused;
  deleteAllMultipartUploads = unused;
  purgeAll = unused;
  close = (): void => {};

  #metaPath(bucket: string, key: string): string {
    return this.bucketPath(bucket, 'objects', `${createHash('sha256').update(key).digest('hex')}.json`);
  }

  #read(bucket: string, key: string): { segments: Segment[] } | undefined {
    const text = readText(this.#metaPath(bucket, key));
    return text === undefined ? undefined : savedObject.parse(JSON.parse(text));
  }
}

function unused(): never {
  throw new Error('The embedded S3 does not do this.');
}

/** Written whole or not at all. */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    // A full disk would be filled by drafts.
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Undefined when there is no such file. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
