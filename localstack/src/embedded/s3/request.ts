/** What an S3 request is about, read from its path-style URL. */
import type { IncomingMessage } from 'node:http';
import { S3Fault } from './answers.ts';

export interface S3Request {
  readonly bucket: string;
  /** Empty for a request about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Undefined when the path names no bucket. A `+` in the path is a plus: only the query uses it for a space. */
export function parseS3Request(url: string): S3Request | undefined {
  const [path = '', search = ''] = splitOnce(url, '?');
  const [bucket, key = ''] = splitOnce(path.slice(1), '/');
  if (bucket === undefined || bucket === '' || bucket.startsWith('_')) return undefined;
  try {
    return { bucket, key: decodeURIComponent(key), query: new URLSearchParams(search) };
  } catch {
    throw new S3Fault('InvalidURI', "Couldn't parse the specified URI.", 400);
  }
}

/** `x-amz-meta-*` headers, without their prefix. */
export function userMetadata(req: IncomingMessage): Record<string, string> {
  const entries = Object.entries(req.headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(11), String(value)]));
}

/** Headers that are kept with the object and given back with it. */
export function systemMetadata(req: IncomingMessage): Record<string, string> {
  const encoding = req.headers['content-encoding']?.replace(/\s*aws-chunked\s*,?/, '').trim();
  const found: [string, string | undefined][] = [
    ['contentLanguage', req.headers['content-language']],
    ['contentDisposition', req.headers['content-disposition']],
    ['cacheControl', req.headers['cache-control']],
    ['contentEncoding', encoding],
  ];
  return Object.fromEntries(found.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

function splitOnce(text: string, separator: string): [string | undefined, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
