/** What every request passes through, whatever its route. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Log, msSince } from '@wavefleet/platform/log/log.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { adoptTraceparent, traceIdOf } from '@wavefleet/platform/trace.ts';
import type { Context, MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { AppEnv, Router } from './context.ts';
import { refuseCrossSite } from './cross-site.ts';
import { answerFailure } from './errors.ts';
import { refuseForeignHosts } from './hosts.ts';
import { factsOf } from './request-facts.ts';

/** Nothing may be loaded or framed by what the API answers. A page that needs more sets its own. */
const STRICT_CSP = "default-src 'none'; frame-ancestors 'none'";

/** As the load balancer of Terraform has it. */
const HTTPS_FOR_A_YEAR = 'max-age=31536000';

/** Where results are fetched; see `jobs/download.ts`. */
const DOWNLOAD_PATH = '/api/download';

/** Puts all of them into the app, in order. Who calls is found out after them, by `identify`. */
export function useMiddleware(app: Router, { log, config }: Pick<Platform, 'log' | 'config'>): void {
  app.use(dropBodyOfHead);
  // No header name: an id that a client made up would let it imitate other requests in our log.
  app.use(requestId({ headerName: '' }));
  app.use(traceAndLog(log));
  // Who ends TLS in front of us may not say so. Of plain HTTP browsers do not believe it (RFC 6797, section 8.1).
  const isSecure = config.PUBLIC_URL?.startsWith('https:') === true;
  app.use(secureHeaders({ xFrameOptions: 'DENY', strictTransportSecurity: isSecure && HTTPS_FOR_A_YEAR }));
  app.use(refuseForeignHosts(config.ALLOWED_HOSTS));
  app.use(refuseCrossSite);
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        // Nothing shall tell a stranger that they are there.
        if (c.req.path.startsWith('/api/debug/')) return answerFailure(c, new Failure('NOT_FOUND'));
        c.header('Allow', methods.join(', '));
        return answerFailure(c, new Failure('METHOD_NOT_ALLOWED', { detail: { methods } }));
      },
    }),
  );
}

/**
 * Hono answers HEAD as it does GET and lets the body fall: one that is still being made would be made for nobody, and what it
 * holds (an event stream its place) would never be given back.
 */
const dropBodyOfHead: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  if (c.req.method === 'HEAD') await c.res.body?.cancel();
};

/** Adopts or starts a trace, names the request in the answer, and writes its one log line. */
function traceAndLog(log: Log): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const startedAt = performance.now();
    const traceparent = adoptTraceparent(c.req.header('traceparent'));
    c.set('traceparent', traceparent);
    const ofRequest = log.child({ requestId: c.var.requestId, traceId: traceIdOf(traceparent) });
    c.set('log', ofRequest);
    await ofRequest.within(next);
    c.header('X-Request-Id', c.var.requestId);
    if (!c.res.headers.has('Content-Security-Policy')) c.header('Content-Security-Policy', STRICT_CSP);
    ofRequest.say(onlyLooks(c) ? 'request.looked' : 'request', {
      ...factsOf(c),
      status: c.res.status,
      ms: msSince(startedAt),
    });
  };
}

/**
 * Reads that went well, and parts of a file on their way: a job that is watched, or a long upload, makes thousands of
 * them. Downloads are told.
 */
function onlyLooks(c: Context<AppEnv>): boolean {
  if (c.res.status >= 400 || c.req.path === DOWNLOAD_PATH) return false;
  return c.req.method === 'GET' || c.req.method === 'HEAD' || c.req.method === 'PUT';
}
