/**
 * One stored object as the body of an answer: conditions, one range, HEAD; streamed at the reader's pace. Anything but
 * one range is refused, so that no answer multiplies. The length is always told.
 */
import { Readable } from 'node:stream';
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ObjectRef } from '@wavefleet/contracts/job.ts';
import { isMissing, isPreconditionFailed } from '@wavefleet/platform/aws/errors.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { type ByteRange, openResuming, type ResumeDeps } from '@wavefleet/platform/storage/resuming-read.ts';
import type { Context } from 'hono';
import type { AppEnv } from './context.ts';
import { leastDownloadPace } from './least-pace.ts';

/** As what an object is handed out. */
export interface Served {
  readonly contentType: string;
  readonly contentDisposition: string;
  /** More headers, for answers with a body. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a whole or not at all, whatever is asked: where each answer counts. Default: ranges and conditions hold. */
  readonly wholeOnly?: boolean;
  /** When the object goes while it is opened. */
  readonly goneCode: ErrorCode;
  /** Told when no more of the body will be sent. */
  readonly onSent?: (sent: Sent) => void;
}

/** What became of a body. */
interface Sent {
  readonly bucket: string;
  readonly key: string;
  /** Of the whole object. */
  readonly sizeBytes: number;
  /** First and last byte, both included, when a part was asked for. */
  readonly range: [number, number] | undefined;
  readonly sentBytes: number;
  /** False: the reader hung up, or the storage broke off. */
  readonly complete: boolean;
  readonly ms: number;
}

/**
 * Answers the object, the asked part of it, or that the caller has it already. Headers are set once the object is
 * open: those of an error answer must not speak of its bytes.
 * @param stored the object as `head` found it: another version is not answered.
 * @throws Failure RANGE_INVALID, INPUT_CHANGED when the object was replaced meanwhile, or `goneCode`.
 */
export async function answerObject(
  c: Context<AppEnv>,
  deps: ResumeDeps & { readonly config: Pick<Config, 'MIN_DOWNLOAD_BYTES_PER_SECOND'> },
  stored: ObjectRef,
  served: Served,
): Promise<Response> {
  const { wholeOnly = false } = served;
  const always = {
    'Accept-Ranges': wholeOnly ? 'none' : 'bytes',
    ETag: stored.etag,
    'Cache-Control': 'private, no-cache',
  };
  const isKnown = c.req.header('if-none-match')?.split(/,\s*/).includes(stored.etag) === true;
  if (isKnown && !wholeOnly) return c.body(null, 304, always);
  const whole = {
    ...always,
    'Content-Type': served.contentType,
    'Content-Disposition': served.contentDisposition,
    'Content-Length': String(stored.sizeBytes),
    ...served.headers,
  };
  // Hono sends HEAD here as well and drops the body: it must not be opened. RFC 9110: a range means something for
  // GET only.
  if (c.req.method === 'HEAD') return c.body(null, 200, whole);
  const range = wholeOnly ? undefined : askedRange(c, stored);
  // An answer that cannot be completed must not look complete: the connection breaks off.
  const breakOff = () => c.env.outgoing.destroy();
  const bytes = range ?? { first: 0, last: stored.sizeBytes - 1 };
  const body = await openResuming(deps, stored, bytes, breakOff).catch((error: unknown) => {
    if (isMissing(error)) throw new Failure(served.goneCode, { cause: error });
    throw isPreconditionFailed(error) ? new Failure('INPUT_CHANGED', { cause: error }) : error;
  });
  const { MIN_DOWNLOAD_BYTES_PER_SECOND: leastPace } = deps.config;
  if (leastPace > 0) leastDownloadPace(c.env.outgoing, leastPace);
  const stream = watched(body, stored, range, served.onSent);
  if (range === undefined) return c.body(stream, 200, whole);
  return c.body(stream, 206, {
    ...whole,
    'Content-Length': String(range.last - range.first + 1),
    'Content-Range': `bytes ${range.first}-${range.last}/${stored.sizeBytes}`,
  });
}

/** The body for the answer, counted as it goes. */
function watched(
  body: Readable,
  { bucket, key, sizeBytes }: ObjectRef,
  range: ByteRange | undefined,
  onSent: Served['onSent'],
): ReturnType<typeof Readable.toWeb> {
  const startedAtMs = performance.now();
  const wantedBytes = range === undefined ? sizeBytes : range.last - range.first + 1;
  // First: it pauses the stream, and so no listener sets it going before anybody reads.
  const stream = Readable.toWeb(body);
  let sentBytes = 0;
  body.on('data', (chunk: Buffer) => {
    sentBytes += chunk.length;
  });
  body.once('close', () =>
    onSent?.({
      bucket,
      key,
      sizeBytes,
      range: range && [range.first, range.last],
      sentBytes,
      complete: sentBytes === wantedBytes,
      ms: msSince(startedAtMs),
    }),
  );
  return stream;
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

/**
 * The range that a Range header asks S3 for, or undefined without one.
 * @throws Failure RANGE_INVALID for several ranges, other units, and ranges that lie outside `sizeBytes`.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  const parts = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header.trim());
  const refused = new Failure('RANGE_INVALID', { detail: { sizeBytes } });
  if (parts === null) throw refused;
  const [, from = '', to = ''] = parts;
  const end = sizeBytes - 1;
  const range =
    from === ''
      ? { first: Math.max(0, sizeBytes - Number(to || 0)), last: end }
      : { first: Number(from), last: to === '' ? end : Math.min(Number(to), end) };
  if (range.first > range.last) throw refused;
  return range;
}
