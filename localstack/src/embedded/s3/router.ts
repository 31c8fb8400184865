/** Which S3 requests we answer ourselves; buckets, listings, lifecycle and batch deletes are left to fauxqs. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fauxqs } from '../fauxqs.ts';
import { noSuchKey, sendFault, sendXml } from './answers.ts';
import { guardObject, handleSetting, readSetting, settingOf } from './bucket-config.ts';
import { setCorsHeaders } from './cors.ts';
import { loadDisk } from './disk-load.ts';
import { DiskStore } from './disk-store.ts';
import { mendListing } from './listing.ts';
import { Multipart } from './multipart.ts';
import { Notifications } from './notifications.ts';
import { readObject } from './object-read.ts';
import { Objects } from './objects.ts';
import { parseS3Request, type S3Request } from './request.ts';

export class S3Router {
  readonly #disk: DiskStore;
  readonly #notifications: Notifications;
  readonly #objects: Objects;
  readonly #multipart: Multipart;
  readonly #region: string;

  /** Loads what `folder` holds into fauxqs' index. @param say told of what is not whole there. */
  constructor(folder: string, fauxqs: Fauxqs, region: string, say: (line: string) => void) {
    this.#disk = new DiskStore(folder);
    loadDisk(folder, fauxqs.s3, say);
    fauxqs.s3.persistence = this.#disk;
    mendListing(fauxqs.s3);
    this.#region = region;
    this.#notifications = new Notifications(this.#disk, fauxqs, region);
    this.#objects = new Objects(this.#disk, fauxqs.s3, (bucket, object, event) =>
      this.#notifications.created(bucket, object, event),
    );
    this.#multipart = new Multipart(this.#disk, this.#objects);
  }

  /** Whether the bucket lets a page of the request's Origin do this, and who is no page; sets the headers that say so. */
  welcomes(req: IncomingMessage, res: ServerResponse): boolean {
    if (req.headers.origin === undefined) return true;
    const bucket = parseS3Request(req.url ?? '/')?.bucket;
    const config =
      bucket !== undefined && this.#knows(bucket) ? readSetting(this.#disk, bucket, 'cors') : undefined;
    return setCorsHeaders(req, res, config);
  }

  /** False when the request is fauxqs' to answer. */
  async handle(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
    try {
      const request = parseS3Request(req.url ?? '/');
      if (request === undefined) return false;
      return request.key === ''
        ? await this.#bucket(request, req, res)
        : await this.#object(request, req, res);
    } catch (error) {
      // A client that went away needs no answer.
      if (!res.destroyed) sendFault(req, res, error);
      return true;
    }
  }

  #knows(bucket: string): boolean {
    try {
      this.#objects.requireBucket(bucket);
      return true;
    } catch {
      return false;
    }
  }

  async #bucket(request: S3Request, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
    const { bucket, query } = request;
    const setting = settingOf(query);
    if (setting !== undefined) {
      this.#objects.requireBucket(bucket);
      const changed = (text: string) => {
        if (setting === 'notification') this.#notifications.configured(bucket, text);
      };
      await handleSetting(this.#disk, { bucket, name: setting, changed }, req, res);
      return true;
    }
    if (query.has('uploads') && req.method === 'GET') {
      this.#multipart.listUploads(request, res);
      return true;
    }
    if (query.has('location')) {
      this.#objects.requireBucket(bucket);
      // S3 says nothing for its first region.
      const region = this.#region === 'us-east-1' ? '' : this.#region;
      sendXml(res, `<LocationConstraint>${region}</LocationConstraint>`);
      return true;
    }
    return false;
  }

  async #object(request: S3Request, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
    const { query } = request;
    guardObject(query);
    const upload = query.has('uploadId');
    switch (req.method) {
      case 'GET':
      case 'HEAD': {
        if (query.has('attributes')) return false;
        if (upload) this.#multipart.listParts(request, res);
        else await this.#read(request, req, res);
        return true;
      }
      case 'PUT':
        if (req.headers['x-amz-copy-source'] !== undefined) this.#objects.copy(request, req, res);
        else if (upload) await this.#multipart.putPart(request, req, res);
        else await this.#objects.put(request, req, res);
        return true;
      case 'POST':
        if (query.has('uploads')) this.#multipart.create(request, req, res);
        else if (upload) await this.#multipart.complete(request, req, res);
        else return false;
        return true;
      case 'DELETE':
        if (upload) this.#multipart.abort(request, res);
        else this.#objects.delete(request, res);
        return true;
      default:
        return false;
    }
  }

  async #read(request: S3Request, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const object = this.#objects.find(request.bucket, request.key);
    if (object === undefined) throw noSuchKey();
    await readObject(this.#disk, request, object, req, res);
  }
}
