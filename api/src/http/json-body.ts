/** Reading a JSON body safely, before any schema sees it. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
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
      await limited(c, async () => {
        const text = checkJson(await c.req.arrayBuffer());
        clearTimeout(timer);
        // hono would make a Response of the bytes to get at their text.
        Object.assign(c.req.bodyCache, { text: Promise.resolve(text) });
        await next();
      });
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

function tooLarge(): never {
  throw new Failure('PAYLOAD_TOO_LARGE', { detail: { limitBytes: LIMIT_BYTES } });
}

const counted = bodyLimit({ maxSize: LIMIT_BYTES, onError: tooLarge });

/** A length that is told is what Node lets through. Only where none is told the body is counted, as a web stream, at its cost. */
const limited: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { 'content-length': length, 'transfer-encoding': encoding } = c.env.incoming.headers;
  if (length === undefined || encoding !== undefined) return await counted(c, next);
  if (Number(length) > LIMIT_BYTES) tooLarge();
  await next();
};

/** Their text. @throws Failure INVALID_JSON unless the bytes are JSON in valid UTF-8 (hono would replace broken bytes). */
function checkJson(bytes: ArrayBuffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new Failure('INVALID_JSON', { cause });
  }
}
