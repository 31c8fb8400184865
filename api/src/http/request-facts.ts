/** What a request turns out to be about: noted by whoever finds it out, told in the request's one line of the log. */
import type { Context } from 'hono';
import type { AppEnv, RequestFacts } from './context.ts';

/** Adds to what is known of the request. */
export function note(c: Context<AppEnv>, facts: RequestFacts): void {
  c.set('facts', { ...c.get('facts'), ...facts });
}

const LONGEST_PATH = 200;
/** Whoever has the token of a link has what it leads to. No id of ours is as long, and hardly a part of a token may be. */
const TOKEN_LIKE = /[\w-]{43,}/g;

/** The start of every line about a request. */
export function factsOf(
  c: Context<AppEnv>,
): RequestFacts & { readonly method: string; readonly path: string } {
  // A path is what somebody typed: only what our own paths and ids are made of is shown.
  const path = c.req.path
    .replace(TOKEN_LIKE, 'token')
    .slice(0, LONGEST_PATH)
    .replace(/[^\w./:-]/g, '?');
  return { method: c.req.method, path, ...c.get('facts') };
}
