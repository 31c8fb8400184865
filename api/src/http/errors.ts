/** The one place that turns whatever a route threw into an answer. */
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { failureOf } from '@wavefleet/platform/aws/failure-of.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import type { Context, ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AppEnv } from './context.ts';
import { FAILURE_POLICY, failurePage, wantsPage } from './failure-page.ts';
import { factsOf } from './request-facts.ts';

/** As long as a breaker stays open before it probes again: asking sooner cannot help. */
const RETRY_AFTER_SECONDS = 5;
/** Two samples of the machine's resources: it takes as long until one can find them well again. */
const RETRY_AFTER_LOAD_SECONDS = 30;
/** What may be over by then. */
const passes: ReadonlySet<number> = new Set([429, 503, 507]);
/** nginx's status for a client that hung up; nobody reads it but the log. */
const CLIENT_CLOSED_REQUEST = 499;

/** Not the caller's doing although their status is below 500. */
const environmental: ReadonlySet<ErrorCode> = new Set(['ACCESS_DENIED', 'THROTTLED', 'QUOTA_EXCEEDED']);

/** What a dead connection threw: no answer can arrive. */
export class ClientGone extends Error {
  constructor() {
    super('the client closed the connection');
    this.name = 'ClientGone';
  }
}

/** The app's one `onError`. Answers any error; logs those that are not the caller's doing. */
export function makeErrorHandler(log: Pick<Log, 'say'>): ErrorHandler<AppEnv> {
  return (error, c) => {
    if (error instanceof ClientGone) return new Response(null, { status: CLIENT_CLOSED_REQUEST });
    const failure = asFailure(error);
    if (failure.status >= 500 || environmental.has(failure.code)) {
      const name = failure.code === 'INTERNAL_ERROR' ? 'request.failed' : 'request.unserved';
      log.say(name, { ...factsOf(c), code: failure.code, err: error });
    }
    return answerFailure(c, failure);
  };
}

/** The envelope, with the headers that belong to its status; as a page for who would rather read one. */
export function answerFailure(c: Context<AppEnv>, failure: Failure): Response | Promise<Response> {
  const waitSeconds = passes.has(failure.status) ? secondsToWait(failure) : undefined;
  if (waitSeconds !== undefined) c.header('Retry-After', String(waitSeconds));
  c.header('Cache-Control', 'no-store');
  // One failure may take the place of another, which said so before.
  const varies = c.res.headers.get('Vary')?.split(', ') ?? [];
  if (!varies.includes('Accept')) c.header('Vary', 'Accept', { append: true });
  const challenge = challengeOf(failure);
  if (challenge !== undefined) c.header('WWW-Authenticate', challenge);
  if (wantsPage(c)) {
    c.header('Content-Security-Policy', FAILURE_POLICY);
    return c.html(failurePage(c, failure, waitSeconds), contentful(failure.status));
  }
  return c.json(
    {
      error: {
        code: failure.code,
        message: failure.message,
        requestId: c.var.requestId,
        detail: failure.detail,
      },
    },
    contentful(failure.status),
  );
}

/** RFC 6750, section 3: a caller that sent nothing is told how it could; else what is wrong with what it sent. */
function challengeOf({ code, status, detail }: Failure): string | undefined {
  if (code === 'INSUFFICIENT_SCOPE')
    return `Bearer error="insufficient_scope", scope="${String(detail?.scope)}"`;
  if (status !== 401) return undefined;
  return code === 'UNAUTHENTICATED' ? 'Bearer' : 'Bearer error="invalid_token"';
}

function secondsToWait({ code, detail }: Failure): number {
  if (typeof detail?.retryAfterSeconds === 'number') return detail.retryAfterSeconds;
  const resetsAtMs = typeof detail?.resetsAt === 'string' ? Date.parse(detail.resetsAt) : Number.NaN;
  if (!Number.isNaN(resetsAtMs)) return Math.max(1, Math.ceil((resetsAtMs - Date.now()) / 1000));
  return code === 'OVERLOADED' ? RETRY_AFTER_LOAD_SECONDS : RETRY_AFTER_SECONDS;
}

function asFailure(error: unknown): Failure {
  if (error instanceof HTTPException) return new Failure(codeOfHttp(error.status), { cause: error });
  return failureOf(error, 'SERVICE_UNAVAILABLE') ?? new Failure('INTERNAL_ERROR', { cause: error });
}

/** What hono's own validators throw. */
function codeOfHttp(status: number): ErrorCode {
  if (status === 400) return 'INVALID_JSON';
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 415) return 'UNSUPPORTED_MEDIA_TYPE';
  return status < 500 ? 'VALIDATION_ERROR' : 'INTERNAL_ERROR';
}

/** Statuses of the error table all may have a body. */
function contentful(status: number): ContentfulStatusCode {
  const known: readonly ContentfulStatusCode[] = [
    400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 416, 422, 429, 500, 503, 507,
  ];
  return known.find((candidate) => candidate === status) ?? 500;
}
