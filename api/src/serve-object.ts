/** One stored object as the body of an answer: conditions, one range, HEAD; streamed at the reader's pace. */
import { Readable } from 'node:stream';
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ObjectRef } from '@wavefleet/contracts/job.ts';
import { isMissing } from '@wavefleet/platform/aws-errors.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';
import { type ByteRange, parseRange } from './range.ts';

export interface Served {
  readonly contentType: string;
  readonly contentDisposition: string;
  /** More headers, for answers with a body. */
  readonly headers?: Readonly<Record<string, string>>;
  /** When the object goes while it is opened. */
  readonly goneCode: ErrorCode;
}

/** @throws Failure RANGE_INVALID, or `goneCode`. */
export async function serveObject(
  c: Context<AppEnv>,
  { objects }: Platform,
  stored: ObjectRef,
  served: Served,
): Promise<Response> {
  c.header('Accept-Ranges', 'bytes');
  c.header('ETag', stored.etag);
  c.header('Cache-Control', 'private, no-cache');
  if (c.req.header('if-none-match')?.split(/,\s*/).includes(stored.etag)) return c.body(null, 304);
  c.header('Content-Type', served.contentType);
  c.header('Content-Disposition', served.contentDisposition);
  for (const [name, value] of Object.entries(served.headers ?? {})) c.header(name, value);

  // RFC 9110: a range means something for GET only.
  const range = c.req.method === 'HEAD' ? undefined : askedRange(c, stored);
  c.header('Content-Length', String(range === undefined ? stored.sizeBytes : range.last - range.first + 1));
  // Hono sends HEAD here as well and drops the body: it must not be opened.
  if (c.req.method === 'HEAD') return c.body(null, 200);
  const bytes = range === undefined ? {} : { range: `bytes=${range.first}-${range.last}` };
  const { body } = await objects
    .open(stored.key, { bucket: stored.bucket, ifMatch: stored.etag, paced: true, ...bytes })
    .catch((error: unknown) => {
      throw isMissing(error) ? new Failure(served.goneCode, { cause: error }) : error;
    });
  if (range !== undefined)
    c.header('Content-Range', `bytes ${range.first}-${range.last}/${stored.sizeBytes}`);
  return c.body(Readable.toWeb(body), range === undefined ? 200 : 206);
}

/** The range to serve. `If-Range` with another version's ETag means: then the whole file. */
function askedRange(c: Context<AppEnv>, stored: ObjectRef): ByteRange | undefined {
  const condition = c.req.header('if-range');
  if (condition !== undefined && condition !== stored.etag) return undefined;
  try {
    return parseRange(c.req.header('range'), stored.sizeBytes);
  } catch (error) {
    c.header('Content-Range', `bytes */${stored.sizeBytes}`);
    throw error;
  }
}
