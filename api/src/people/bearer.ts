/** The token that a request carries, where tokens say who asks. */
import type { Context } from 'hono';
import { accessOf } from '../http/access.ts';
import type { AppEnv } from '../http/context.ts';

/**
 * RFC 6750, section 2.1; empty when there is none behind the scheme. Undefined without one, for other schemes (those are
 * for whoever stands in front of us), and on pages and routes where a token is something else.
 */
export function bearerOf(c: Context<AppEnv>): string | undefined {
  if (!isJudged(c)) return undefined;
  const header = /^Bearer(?: +(.*))?$/i.exec(c.req.header('authorization') ?? '');
  return header === null ? undefined : (header[1]?.trim() ?? '');
}

/** Whether who asks is looked at here at all. */
export function isJudged(c: Context<AppEnv>): boolean {
  const access = accessOf(c.req.method, c.req.path);
  return access !== undefined && access !== 'unjudged';
}
