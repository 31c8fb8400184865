/** Reading a JSON body safely, before any schema sees it. */
import type { IncomingMessage } from 'node:http';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './context.ts';
import { ClientGone } from './errors.ts';

const LIMIT_BYTES = 64 * 1024;
/** A body of this size needs no longer on any network; who drips it in is holding the connection. */
const READ_TIMEOUT_MS = 20_000;

const jsonType = /^application\/json\s*(;|$)/i;

/** The middleware of every route with a JSON body, in order. */
export const jsonBody: MiddlewareHandler<AppEnv>[] = [
  async (c, next) => {
    if (!jsonType.test(c.req.header('content-type') ?? '')) {
      throw new Failure('UNSUPPORTED_MEDIA_TYPE', { detail: { accepts: ['application/json'] } });
    }
    await next();
  },
  async (c, next) => {
    const { incoming } = c.env;
    const timer = setTimeout(() => incoming.destroy(), READ_TIMEOUT_MS);
    try {
      const text = checkJson(await bodyOf(incoming));
      clearTimeout(timer);
      // For hono's validator, which has nothing left to read.
      Object.assign(c.req.bodyCache, { text: Promise.resolve(text) });
      await next();
    } catch (error) {
      throw incoming.destroyed && !incoming.complete ? new ClientGone() : error;
    } finally {
      clearTimeout(timer);
    }
  },
];

/** For routes whose body may be left out: without one the schema sees `{}`. */
export const optionalJsonBody: MiddlewareHandler<AppEnv>[] = jsonBody.map((check) => async (c, next) => {
  const { headers } = c.env.incoming;
  const length = headers['content-length'] ?? '0';
  const isAbsent = length === '0' && headers['transfer-encoding'] === undefined;
  if (!isAbsent) return await check(c, next);
  // Many clients name a type without a body. The validator would take it at its word, and no JSON is that short.
  c.req.raw.headers.delete('content-type');
  await next();
});

/**
 * From Node's own request: hono's `bodyLimit` counts a body of untold length, and then fails on a request that is not of the
 * class that the platform has. @throws Failure PAYLOAD_TOO_LARGE, before anything is read where the length is told.
 */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new Failure('PAYLOAD_TOO_LARGE', { detail: { limitBytes: LIMIT_BYTES } });
  if (Number(incoming.headers['content-length'] ?? 0) > LIMIT_BYTES) throw tooLarge();
  // Who sent too much is to be told so: the connection stays.
  const arriving: AsyncIterable<Buffer> = incoming.iterator({ destroyOnReturn: false });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of arriving) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > LIMIT_BYTES) throw tooLarge();
  }
  return Buffer.concat(chunks);
}

/** Their text. @throws Failure INVALID_JSON unless the bytes are JSON in valid UTF-8 (hono would replace broken bytes). */
function checkJson(bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new Failure('INVALID_JSON', { cause });
  }
}
