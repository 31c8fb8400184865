/** What is thrown, and what is answered: status, code and nothing of the inside. */
import { type ErrorCode, errorCodes } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { errorBodySchema } from '@wavefleet/contracts/http.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { HTTPException } from 'hono/http-exception';
import { requestId } from 'hono/request-id';
import { describe, expect, test } from 'vitest';
import { router } from './context.ts';
import { ClientGone, makeErrorHandler } from './errors.ts';

/** What a route that throws `error` answers. */
async function answerTo(error: Error, accept?: string) {
  const app = router();
  app.use(requestId({ headerName: '' }));
  app.onError(makeErrorHandler(makeLog('api', 'silent')));
  app.get('/', () => {
    throw error;
  });
  return await app.request('/?<script>', accept === undefined ? {} : { headers: { accept } });
}

const codes = Object.entries(errorCodes).map(([code, { status }]) => [code as ErrorCode, status] as const);

test.each(codes)('%s answers with its own status', async (code, status) => {
  const response = await answerTo(new Failure(code, { detail: { n: 1 } }));
  expect(response.status).toBe(status);
  const { error } = errorBodySchema.parse(await response.json());
  expect(error).toEqual({
    code,
    message: errorCodes[code].sentence,
    requestId: expect.stringMatching(/^[\w-]{36}$/),
    detail: { n: 1 },
  });
});

test('a limit that begins anew at a known moment says how long that is', async () => {
  const minutes = (resetsAt: string) => answerTo(new Failure('MINUTES_LIMIT', { detail: { resetsAt } }));
  const inADay = await minutes(new Date(Date.now() + 86_400_000).toISOString());
  expect(Number(inADay.headers.get('retry-after'))).toBeOneOf([86_399, 86_400]);
  expect((await minutes(new Date(0).toISOString())).headers.get('retry-after')).toBe('1');
});

const sdkError = (name: string, fault: 'client' | 'server' | undefined) =>
  Object.assign(new Error('inner secret'), { name, $fault: fault, $metadata: { attempts: 3 } });

test.each([
  sdkError('InternalServerError', 'server'),
  Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:443'), { code: 'ECONNREFUSED', $metadata: {} }),
  Object.assign(new Error('read ECONNRESET secret'), { code: 'ECONNRESET' }),
  Object.assign(new Error('secret'), { name: 'TimeoutError' }),
  Object.assign(new Error('Breaker is open'), { code: 'EOPENBREAKER' }),
])('an outage (%s) is 503 and says when to come back', async (error) => {
  const response = await answerTo(error);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  const text = await response.text();
  expect(text).toContain('SERVICE_UNAVAILABLE');
  expect(text).not.toMatch(/secret|10\.0\.0\.7/);
});

test.each([
  [sdkError('AccessDenied', 'client'), 403, 'ACCESS_DENIED', null],
  [sdkError('ExpiredToken', 'client'), 403, 'ACCESS_DENIED', null],
  [sdkError('ThrottlingException', 'client'), 429, 'THROTTLED', '5'],
  [sdkError('SlowDown', 'server'), 429, 'THROTTLED', '5'],
  [sdkError('LimitExceededException', 'client'), 429, 'QUOTA_EXCEEDED', '5'],
  [Object.assign(new Error('secret'), { code: 'ENOSPC' }), 507, 'DISK_FULL', '5'],
])('%s is %i %s', async (error, status, code, retryAfter) => {
  const response = await answerTo(error);
  expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
  const text = await response.text();
  expect(errorBodySchema.parse(JSON.parse(text)).error.code).toBe(code);
  expect(text).not.toContain('secret');
});

test.each([new TypeError('inner secret'), sdkError('ResourceNotFoundException', 'client')])(
  'our own fault (%s) is a masked 500',
  async (error) => {
    const response = await answerTo(error);
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain('INTERNAL_ERROR');
    expect(text).not.toContain('secret');
  },
);

test.each([
  [400, 400, 'INVALID_JSON'],
  [413, 413, 'PAYLOAD_TOO_LARGE'],
  [415, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  [418, 400, 'VALIDATION_ERROR'],
  [502, 500, 'INTERNAL_ERROR'],
] as const)("hono's own %i becomes %i %s", async (thrown, status, code) => {
  const response = await answerTo(new HTTPException(thrown));
  expect(response.status).toBe(status);
  expect(errorBodySchema.parse(await response.json()).error.code).toBe(code);
});

test('a client that hung up gets no body', async () => {
  const response = await answerTo(new ClientGone());
  expect(response.status).toBe(499);
  expect(await response.text()).toBe('');
});

describe('who would rather read a page', () => {
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

  test.each([
    browser,
    'text/html',
    'TEXT/HTML, text/plain;q=0.5',
    'text/html, text/plain, application/xhtml+xml, */*;q=0.01',
  ])('%s: gets one, with the same status, code and id', async (accept) => {
    const answer = await answerTo(new Failure('JOB_NOT_FOUND', { detail: { said: '<script>' } }), accept);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      404,
      'text/html; charset=UTF-8',
      'no-store',
    ]);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'$/,
    );
    const page = await answer.text();
    expect(page).toMatch(/<p class="quiet">JOB_NOT_FOUND · request [\w-]{36}<\/p>/);
    expect(page).toContain('<a href="/">Go to the start page</a>');
    // Neither of the address nor of the detail.
    expect(page).not.toContain('script');
  });

  test.each([
    undefined,
    '*/*',
    'application/json',
    'application/json, text/plain, */*',
    'text/event-stream',
    // Java's HttpURLConnection.
    'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
    '*/*;q=1, text/html;q=0.1',
    'application/vnd.x+json, text/html;q=0.1',
    'text/html, application/xhtml+xml, application/json',
    'text/html;q=0',
  ])('%s: is a program and gets JSON', async (accept) => {
    const answer = await answerTo(new Failure('JOB_NOT_FOUND'), accept);
    expect(errorBodySchema.parse(await answer.json()).error.code).toBe('JOB_NOT_FOUND');
  });

  test.each(codes)('%s: a sentence, and one way on', async (code) => {
    const page = await (await answerTo(new Failure(code), browser)).text();
    expect(page).toContain(code);
    expect(page.match(/<a href="[^"]*">[^<]+<\/a>/g)).toHaveLength(1);
    expect(page).not.toMatch(/undefined|\[object/);
  });

  test('at a moment that passes: when it may go better, and the same address again', async () => {
    const page = await (await answerTo(new Failure('OVERLOADED'), browser)).text();
    expect(page).toContain('<h1>Not right now</h1>');
    expect(page).toContain('<p>Wait 30 s before you try again.</p>');
    expect(page).toContain('<a href="">Try again</a>');
  });
});
