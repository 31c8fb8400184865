/** What every request passes through, whatever its route. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Log } from '@wavefleet/platform/log.ts';
import { adoptTraceparent, traceIdOf } from '@wavefleet/platform/trace.ts';
import type { MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { AppEnv, Router } from './context.ts';
import { refuseCrossSite } from './cross-site.ts';
import { answerFailure } from './errors.ts';

/** Nothing may be loaded or framed by what the API answers. A page that needs more sets its own. */
const STRICT_CSP = "default-src 'none'; frame-ancestors 'none'";

/** Puts all of them into the app, in order. Who calls is found out after them, by `identify`. */
export function useMiddleware(app: Router, log: Log): void {
  // No header name: an id that a client made up would let it imitate other requests in our log.
  app.use(requestId({ headerName: '' }));
  app.use(traceAndLog(log));
  app.use(secureHeaders({ xFrameOptions: 'DENY', strictTransportSecurity: false }));
  app.use(refuseCrossSite);
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        // Nothing shall tell a stranger that they are there.
        if (c.req.path.startsWith('/api/debug/')) return answerFailure(c, new Failure('NOT_FOUND'));
        c.header('Allow', methods.join(', '));
        return answerFailure(c, new Failure('METHOD_NOT_ALLOWED'));
      },
    }),
  );
}

/** Adopts or starts a trace, names the request in the answer, and writes its one log line. */
function traceAndLog(log: Log): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const startedAt = performance.now();
    const traceparent = adoptTraceparent(c.req.header('traceparent'));
    c.set('traceparent', traceparent);
    await next();
    c.header('X-Request-Id', c.var.requestId);
    if (!c.res.headers.has('Content-Security-Policy')) c.header('Content-Security-Policy', STRICT_CSP);
    log.info(
      {
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        ms: Math.round(performance.now() - startedAt),
        requestId: c.var.requestId,
        traceId: traceIdOf(traceparent),
      },
      'request',
    );
  };
}
