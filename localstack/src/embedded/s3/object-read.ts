/** GET and HEAD of an object, streamed from its data files; a range reads only its own bytes. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { noSuchKey, preconditionFailed, S3Fault } from './answers.ts';
import type { DiskStore, StoredObject } from './disk-store.ts';
import type { S3Request } from './request.ts';

/** Headers that a (presigned) GET may dictate through its query. */
const OVERRIDES = [
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-language',
  'cache-control',
  'expires',
];

export async function readObject(
  disk: DiskStore,
  request: S3Request,
  object: StoredObject,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  checkConditions(req, object);
  const total = object.contentLength;
  const range = parseRange(req.headers.range, total);
  if (range === 'unsatisfiable') {
    res.setHeader('content-range', `bytes */${total}`);
    throw new S3Fault('InvalidRange', 'The requested range is not satisfiable', 416);
  }
  const [start, end] = range ?? [0, total - 1];
  for (const [name, value] of Object.entries(objectHeaders(object))) res.setHeader(name, value);
  for (const name of OVERRIDES) {
    const value = request.query.get(`response-${name}`);
    if (value !== null) res.setHeader(name, value);
  }
  res.setHeader('content-length', end - start + 1);
  if (range !== undefined) {
    res.setHeader('content-range', `bytes ${start}-${end}/${total}`);
  } else if (req.headers['x-amz-checksum-mode'] === 'ENABLED' && object.checksumAlgorithm) {
    res.setHeader(`x-amz-checksum-${object.checksumAlgorithm.toLowerCase()}`, object.checksumValue ?? '');
    res.setHeader('x-amz-checksum-type', object.checksumType ?? 'FULL_OBJECT');
  }
  const status = range === undefined ? 200 : 206;
  if (req.method === 'HEAD' || total === 0) {
    res.writeHead(status).end();
    return;
  }
  const pieces = slice(disk, request.bucket, object, start, end);
  const [first, ...others] = pieces;
  if (first === undefined) throw noSuchKey();
  // Opened before the headers go out: an object deleted just now is a 404, not a broken body.
  const handle = await open(first.path).catch(() => undefined);
  if (handle === undefined) {
    clearHeaders(res);
    throw noSuchKey();
  }
  res.writeHead(status);
  await pipeline(Readable.from(bytesOf(handle, first, others), { objectMode: true }), res);
}

function objectHeaders(object: StoredObject): Record<string, string> {
  const headers: Record<string, string | undefined> = {
    'accept-ranges': 'bytes',
    'content-type': object.contentType,
    etag: object.etag,
    'last-modified': object.lastModified.toUTCString(),
    'content-language': object.contentLanguage,
    'content-disposition': object.contentDisposition,
    'cache-control': object.cacheControl,
    'content-encoding': object.contentEncoding,
  };
  for (const [name, value] of Object.entries(object.metadata)) headers[`x-amz-meta-${name}`] = value;
  const set = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(set);
}

/** Times are compared in whole seconds, as HTTP dates have them. */
function checkConditions(req: IncomingMessage, object: StoredObject): void {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = req.headers;
  const modified = Math.floor(object.lastModified.getTime() / 1000) * 1000;
  const since = (name: string) => Date.parse(String(req.headers[name] ?? ''));
  if (ifMatch !== undefined ? !listsEtag(ifMatch, object) : modified > since('if-unmodified-since')) {
    throw preconditionFailed();
  }
  if (ifNoneMatch !== undefined ? listsEtag(ifNoneMatch, object) : modified <= since('if-modified-since')) {
    throw new S3Fault('NotModified', 'Not modified', 304);
  }
}

/** Whether a list such as `"a", "b"` or `*` names the object's etag. S3 takes etags without quotes as well. */
export function listsEtag(list: string, object: Pick<StoredObject, 'etag'>): boolean {
  if (list.trim() === '*') return true;
  const bare = (etag: string) => etag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1');
  return list.split(',').some((etag) => bare(etag) === bare(object.etag));
}

/** First and last byte. Undefined (the whole object) for what is not one single byte range, as S3 does. */
function parseRange(
  header: string | undefined,
  total: number,
): [number, number] | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [from, to] = [match?.[1] ?? '', match?.[2] ?? ''];
  if (from === '') {
    if (to === '') return undefined;
    return Number(to) === 0 || total === 0 ? 'unsatisfiable' : [Math.max(0, total - Number(to)), total - 1];
  }
  if (to !== '' && Number(to) < Number(from)) return undefined;
  if (Number(from) >= total) return 'unsatisfiable';
  return [Number(from), to === '' ? total - 1 : Math.min(Number(to), total - 1)];
}

interface Piece {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Which bytes of which files make up start..end. */
function slice(disk: DiskStore, bucket: string, object: StoredObject, start: number, end: number): Piece[] {
  const pieces: Piece[] = [];
  let offset = 0;
  for (const { file, size } of object.segments) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, size - 1);
    if (from <= to) pieces.push({ path: disk.dataPath(bucket, file), start: from, end: to });
    offset += size;
  }
  return pieces;
}

/** When the object is replaced meanwhile, a later file is gone and the answer breaks off: a resumed GET sees the 412. */
async function* bytesOf(handle: FileHandle, first: Piece, others: Piece[]): AsyncGenerator<Buffer> {
  const highWaterMark = 256 * 1024;
  yield* handle.createReadStream({ start: first.start, end: first.end, highWaterMark });
  for (const { path, start, end } of others) yield* createReadStream(path, { start, end, highWaterMark });
}

function clearHeaders(res: ServerResponse): void {
  for (const name of res.getHeaderNames()) {
    if (!name.startsWith('access-control-') && name !== 'vary') res.removeHeader(name);
  }
}
