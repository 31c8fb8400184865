/** Multipart uploads, kept on disk from the first part, so that one can be resumed after a restart. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { readBody } from '../json-protocol.ts';
import { elements, elementText, escapeXml, noSuchUpload, S3Fault, sendXml } from './answers.ts';
import { receiveBody } from './body-sink.ts';
import { type DiskStore, readText, replaceFile, savedPart } from './disk-store.ts';
import type { Objects } from './objects.ts';
import { type S3Request, systemMetadata, userMetadata } from './request.ts';

const SMALLEST_PART_BYTES = 5 * 1024 ** 2;

const savedUpload = z.object({
  key: z.string(),
  initiated: z.string(),
  contentType: z.string(),
  metadata: z.record(z.string(), z.string()),
  system: z.record(z.string(), z.string()),
});
type Upload = z.infer<typeof savedUpload>;
type Part = z.infer<typeof savedPart>;

export class Multipart {
  readonly #disk: DiskStore;
  readonly #objects: Objects;

  constructor(disk: DiskStore, objects: Objects) {
    this.#disk = disk;
    this.#objects = objects;
  }

  create(request: S3Request, req: IncomingMessage, res: ServerResponse): void {
    this.#objects.checkWrite(request, req);
    const { bucket, key } = request;
    const uploadId = randomUUID();
    mkdirSync(this.#disk.bucketPath(bucket, 'uploads', uploadId), { recursive: true });
    const upload: Upload = {
      key,
      initiated: new Date().toISOString(),
      contentType: req.headers['content-type'] ?? 'binary/octet-stream',
      metadata: userMetadata(req),
      system: systemMetadata(req),
    };
    replaceFile(this.#path(bucket, uploadId, 'upload.json'), JSON.stringify(upload));
    const names = `<Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key>`;
    const id = `<UploadId>${uploadId}</UploadId>`;
    sendXml(res, `<InitiateMultipartUploadResult>${names}${id}</InitiateMultipartUploadResult>`);
  }

  /** A part sent again replaces the former one. */
  async putPart(request: S3Request, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { bucket } = request;
    const { id } = this.#upload(request);
    const number = Number(request.query.get('partNumber'));
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new S3Fault('InvalidArgument', 'Part number must be an integer between 1 and 10000', 400);
    }
    const file = this.#disk.newDataFile();
    const body = await receiveBody(req, this.#disk.dataPath(bucket, file));
    const path = this.#path(bucket, id, `${number}.json`);
    const part: Part = {
      number,
      file,
      size: body.size,
      etag: `"${body.md5}"`,
      lastModified: new Date().toISOString(),
    };
    if (!existsSync(this.#path(bucket, id, 'upload.json'))) {
      this.#disk.removeData(bucket, [part]);
      throw noSuchUpload();
    }
    const before = readText(path);
    replaceFile(path, JSON.stringify(part));
    if (before !== undefined) this.#disk.removeData(bucket, [savedPart.parse(JSON.parse(before))]);
    if (body.checksum) {
      res.setHeader(`x-amz-checksum-${body.checksum.algorithm.toLowerCase()}`, body.checksum.value);
    }
    res.writeHead(200, { etag: part.etag, 'content-length': 0 }).end();
  }

  listParts(request: S3Request, res: ServerResponse): void {
    const { bucket, key, query } = request;
    const { id } = this.#upload(request);
    const after = Number(query.get('part-number-marker') ?? 0);
    const limit = Math.min(Number(query.get('max-parts') ?? 1000), 1000);
    const rest = this.#parts(bucket, id).filter(({ number }) => number > after);
    const shown = rest.slice(0, limit);
    const list = shown.map(
      (part) =>
        `<Part><PartNumber>${part.number}</PartNumber><LastModified>${part.lastModified}</LastModified>` +
        `<ETag>${escapeXml(part.etag)}</ETag><Size>${part.size}</Size></Part>`,
    );
    const page =
      `<PartNumberMarker>${after}</PartNumberMarker><MaxParts>${limit}</MaxParts>` +
      `<NextPartNumberMarker>${shown.at(-1)?.number ?? 0}</NextPartNumberMarker>` +
      `<IsTruncated>${rest.length > shown.length}</IsTruncated>`;
    const names = `<Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId>`;
    sendXml(res, `<ListPartsResult>${names}${page}${list.join('')}</ListPartsResult>`);
  }

  listUploads({ bucket, query }: S3Request, res: ServerResponse): void {
    this.#objects.requireBucket(bucket);
    const prefix = query.get('prefix') ?? '';
    const begun = readdirSync(this.#disk.bucketPath(bucket, 'uploads'));
    // Of one that a full disk did not take there is a folder and no more.
    const list = begun.flatMap((id) => {
      if (!existsSync(this.#path(bucket, id, 'upload.json'))) return [];
      const { key, initiated } = this.#upload({
        bucket,
        key: '',
        query: new URLSearchParams({ uploadId: id }),
      });
      if (!key.startsWith(prefix)) return [];
      const facts = `<UploadId>${id}</UploadId><Initiated>${initiated}</Initiated>`;
      return [`<Upload><Key>${escapeXml(key)}</Key>${facts}</Upload>`];
    });
    const head = `<Bucket>${bucket}</Bucket><IsTruncated>false</IsTruncated>`;
    sendXml(res, `<ListMultipartUploadsResult>${head}${list.join('')}</ListMultipartUploadsResult>`);
  }

  async complete(request: S3Request, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { bucket, key } = request;
    const xml = (await readBody(req)).toString('utf8');
    // From here on without a pause, so that two completions cannot interleave.
    const upload = this.#upload(request);
    this.#objects.checkWrite(request, req);
    const stored = this.#parts(bucket, upload.id);
    const chosen = choose(stored, xml);
    const sums = chosen.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex'));
    const sum = createHash('md5').update(Buffer.concat(sums)).digest('hex');
    const object = this.#objects.commit(
      bucket,
      {
        key: upload.key,
        contentLength: chosen.reduce((total, { size }) => total + size, 0),
        etag: `"${sum}-${chosen.length}"`,
        contentType: upload.contentType,
        metadata: upload.metadata,
        ...upload.system,
        segments: chosen.map(({ file, size }) => ({ file, size })),
      },
      'CompleteMultipartUpload',
    );
    this.#forget(
      bucket,
      upload.id,
      stored.filter((part) => !chosen.includes(part)),
    );
    const location = `http://${req.headers.host}/${bucket}/${encodeURI(key)}`;
    sendXml(
      res,
      `<CompleteMultipartUploadResult><Location>${escapeXml(location)}</Location><Bucket>${bucket}</Bucket>` +
        `<Key>${escapeXml(key)}</Key><ETag>${escapeXml(object.etag)}</ETag></CompleteMultipartUploadResult>`,
    );
  }

  abort(request: S3Request, res: ServerResponse): void {
    const { id } = this.#upload(request);
    this.#forget(request.bucket, id, this.#parts(request.bucket, id));
    res.writeHead(204).end();
  }

  #forget(bucket: string, id: string, parts: Part[]): void {
    rmSync(this.#path(bucket, id), { recursive: true, force: true });
    this.#disk.removeData(bucket, parts);
  }

  #upload({ bucket, query }: S3Request): Upload & { id: string } {
    this.#objects.requireBucket(bucket);
    const id = query.get('uploadId') ?? '';
    // The id becomes a path: only what we hand out ourselves.
    const text = z.uuid().safeParse(id).success ? readText(this.#path(bucket, id, 'upload.json')) : undefined;
    if (text === undefined) throw noSuchUpload();
    return { id, ...savedUpload.parse(JSON.parse(text)) };
  }

  #parts(bucket: string, id: string): Part[] {
    return readdirSync(this.#path(bucket, id))
      .filter((file) => /^\d+\.json$/.test(file))
      .map((file) => savedPart.parse(JSON.parse(readText(this.#path(bucket, id, file)) ?? '')))
      .sort((a, b) => a.number - b.number);
  }

  #path(bucket: string, id: string, ...file: string[]): string {
    return this.#disk.bucketPath(bucket, 'uploads', id, ...file);
  }
}

/** The parts that the client names, checked as S3 checks them. */
function choose(stored: Part[], xml: string): Part[] {
  const chosen = elements(xml, 'Part').map((part) => {
    const number = Number(elementText(part, 'PartNumber'));
    const etag = elementText(part, 'ETag')?.replaceAll('"', '');
    const found = stored.find((one) => one.number === number);
    if (found === undefined || found.etag.replaceAll('"', '') !== etag) {
      throw new S3Fault('InvalidPart', 'One or more of the specified parts could not be found.', 400);
    }
    return found;
  });
  if (chosen.length === 0) throw new S3Fault('MalformedXML', 'You must specify at least one part', 400);
  if (chosen.some((part, index) => part.number <= (chosen[index - 1]?.number ?? 0))) {
    throw new S3Fault('InvalidPartOrder', 'The list of parts was not in ascending order.', 400);
  }
  if (chosen.slice(0, -1).some(({ size }) => size < SMALLEST_PART_BYTES)) {
    throw new S3Fault('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400);
  }
  return chosen;
}
