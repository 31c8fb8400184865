/**
 * What lies on the disk into fauxqs' index, at the start. A power loss, or a copy that was made meanwhile, may leave
 * something half: that is put aside into the bucket's `damaged/`, and is not there any more; all the rest is.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { S3Store } from '../fauxqs.ts';
import { BUCKET_FOLDERS, readText, type Segment, savedBucket, savedObject, savedPart } from './disk-store.ts';

const NO_BODY = Buffer.alloc(0);

/** @param root of all buckets. @param say told of each bucket of which something was put aside. */
export function loadDisk(root: string, store: S3Store, say: (line: string) => void): void {
  for (const name of readdirSync(root)) {
    const folder = join(root, name);
    // What others have put here (lost+found, .DS_Store) is none.
    if (!isFolder(join(folder, 'objects'))) continue;
    for (const each of BUCKET_FOLDERS) mkdirSync(join(folder, each), { recursive: true });
    store.createBucket(name);
    const saved = readJson(join(folder, 'bucket.json'), savedBucket);
    if (saved !== undefined) store.setBucketCreationDate(name, saved.creationDate);
    const lifecycle = readText(join(folder, 'lifecycle.xml'));
    if (lifecycle !== undefined) store.restoreBucketLifecycleConfiguration(name, lifecycle);
    const bucket = new BucketOnDisk(folder);
    bucket.loadObjects(name, store);
    bucket.loadUploads();
    bucket.sweepData();
    if (bucket.damaged > 0) {
      say(`S3: ${bucket.damaged} files of ${name} were not whole, and are in ${join(folder, 'damaged')} now`);
    }
  }
}

class BucketOnDisk {
  damaged = 0;
  readonly #folder: string;
  readonly #named = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  loadObjects(bucket: string, store: S3Store): void {
    for (const path of this.#below('objects')) {
      if (this.#isDraft(path)) continue;
      const object = readJson(path, savedObject);
      if (object === undefined || !this.#areWhole(object.segments)) this.#putAside(path);
      else {
        for (const { file } of object.segments) this.#named.add(file);
        store.restoreObject(bucket, { ...object, body: NO_BODY });
      }
    }
  }

  /** A part that is not whole has not come: its client sends it again. */
  loadUploads(): void {
    for (const upload of this.#below('uploads')) {
      if (readJson(join(upload, 'upload.json'), z.looseObject({})) === undefined) {
        this.#putAside(upload);
        continue;
      }
      for (const name of readdirSync(upload)) {
        const path = join(upload, name);
        if (this.#isDraft(path) || !/^\d+\.json$/.test(name)) continue;
        const part = readJson(path, savedPart);
        if (part === undefined || !this.#areWhole([part])) this.#putAside(path);
        else this.#named.add(part.file);
      }
    }
  }

  /** Bytes that nobody names: a killed process leaves some. Where something was damaged they may be of that. */
  sweepData(): void {
    const isDamaged = this.damaged > 0;
    for (const path of this.#below('data')) {
      if (this.#named.has(path.slice(path.lastIndexOf('/') + 1))) continue;
      if (isDamaged) this.#putAside(path);
      else rmSync(path, { force: true, recursive: true });
    }
  }

  #below(name: string): string[] {
    return readdirSync(join(this.#folder, name)).map((entry) => join(this.#folder, name, entry));
  }

  /** Of a file that was never finished; it goes. */
  #isDraft(path: string): boolean {
    if (!path.endsWith('.tmp')) return false;
    rmSync(path, { force: true });
    return true;
  }

  #areWhole(segments: readonly Segment[]): boolean {
    return segments.every(
      ({ file, size }) =>
        statSync(join(this.#folder, 'data', file), { throwIfNoEntry: false })?.size === size,
    );
  }

  #putAside(path: string): void {
    const aside = join(this.#folder, 'damaged');
    mkdirSync(aside, { recursive: true });
    const name = path.slice(this.#folder.length + 1).replaceAll('/', '-');
    rmSync(join(aside, name), { recursive: true, force: true });
    renameSync(path, join(aside, name));
    this.damaged += 1;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Undefined when it is not there, or is not what was written. */
function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
