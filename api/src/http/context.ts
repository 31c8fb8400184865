/**
 * What every request carries, and the router that every route is made with. Stands below all topics: what a topic
 * needs besides, its own `routes.ts` takes.
 */
import type { HttpBindings } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Failure } from '@wavefleet/contracts/failure.ts';
import type { CallerKind, Scope } from '@wavefleet/contracts/people.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import { rejectInvalid } from './validation.ts';

/** Who calls. Found out once for each request by `identify`. */
export interface Owner {
  readonly kind: CallerKind;
  /** What records, events and logs carry. Gives no secret away. */
  readonly id: string;
  /** What it may do with what is its own. */
  readonly scopes: readonly Scope[];
  /** Of the API key that was sent, if one was. */
  readonly keyId?: string;
  /** Whether its key or session still is one; absent for who has neither to lose. @throws SDK errors. */
  readonly isStillGood?: () => Promise<boolean>;
}

/** What a request turned out to be about: ids and sizes, never what a user has written, such as a file's name. */
export interface RequestFacts {
  readonly jobId?: string;
  readonly fileId?: string;
  readonly sizeBytes?: number;
  readonly format?: string;
}

/** The types of hono's context `c`: `c.env` and `c.var`. */
export interface AppEnv {
  /** Node's own `incoming` and `outgoing`: uploads are read from them, past the web streams. */
  Bindings: HttpBindings;
  Variables: {
    requestId: string;
    traceparent: string;
    owner: Owner;
    /** Why who asks is not who it says; `requireAccess` answers it. */
    refusal: Failure | undefined;
    /** Its lines carry the request's ids, also those said long after the answer has begun. */
    log: Log;
    facts: RequestFacts | undefined;
  };
}

/** One route, one topic, or the whole app: they are joined by `.route()`. */
export type Router = OpenAPIHono<AppEnv>;

/** An empty router with our validation. Many small ones joined type-check much faster than one long chain. */
export function router(): Router {
  return new OpenAPIHono<AppEnv>({ defaultHook: rejectInvalid });
}

/** Several routers as one, in this order. */
export function join(routers: readonly Router[]): Router {
  const joined = router();
  for (const each of routers) joined.route('/', each);
  return joined;
}
