/** What becomes of a job whose attempt failed. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { expect, test } from 'vitest';
import { judge } from './outcome.ts';

const HOUR_MS = 3_600_000;
const settings = { RETRY_BASE_MS: 5_000, TROUBLE_DEADLINE_MS: 24 * HOUR_MS };
const fresh = { attempt: 1, retries: 0 };
const error = (facts: object) => Object.assign(new Error('x'), facts);
const verdictOn = (cause: unknown, history = {}, now?: number) => {
  const { kind, failure, ...rest } = judge(cause, { ...fresh, ...history }, settings, now);
  return { kind, code: failure.code, counts: 'counts' in rest ? rest.counts : undefined };
};

test.each([
  ['a user’s fault', new Failure('UNRECOGNISED_FORMAT'), 'UNRECOGNISED_FORMAT'],
  ['a file that needs too much memory', new Failure('RESOURCE_LIMIT'), 'RESOURCE_LIMIT'],
])('%s fails at once', (_name, cause, code) => {
  expect(verdictOn(cause)).toEqual({ kind: 'fail', code, counts: undefined });
});

test.each([
  ['a full disk', error({ code: 'ENOSPC' }), 'DISK_FULL'],
  ['an SDK error', error({ $metadata: {} }), 'STORAGE_UNAVAILABLE'],
  ['a service that throttles', error({ name: 'SlowDown', $metadata: {} }), 'THROTTLED'],
  ['a missing permission', error({ name: 'AccessDenied', $fault: 'client', $metadata: {} }), 'ACCESS_DENIED'],
  [
    'an object that is not there, where nobody expected that',
    error({ name: 'NoSuchKey', $fault: 'client', $metadata: {} }),
    'STORAGE_UNAVAILABLE',
  ],
  ['a broken connection', error({ code: 'ECONNRESET' }), 'STORAGE_UNAVAILABLE'],
  ['a worker without FFmpeg', new Failure('FFMPEG_MISSING'), 'FFMPEG_MISSING'],
])('%s costs no try, however often it comes, until its deadline', (_name, cause, code) => {
  const now = Date.now();
  const counts = (troubledSince: number) => ({ troubledSince, troubledAt: now });
  expect(verdictOn(cause, {}, now)).toEqual({ kind: 'retry', code, counts: counts(now) });
  const long = { attempt: 400, retries: 3, troubledSince: now - 23 * HOUR_MS, troubledAt: now - 300_000 };
  expect(verdictOn(cause, long, now)).toEqual({ kind: 'retry', code, counts: counts(long.troubledSince) });
  const over = { ...long, troubledSince: now - 25 * HOUR_MS };
  expect(verdictOn(cause, over, now)).toEqual({ kind: 'fail', code, counts: undefined });
});

test('a job that waited out a long outage, and then meets another trouble, has all the time for that one', () => {
  const now = Date.now();
  const before = { attempt: 1, troubledSince: now - 30 * HOUR_MS, troubledAt: now - 29 * HOUR_MS };
  expect(verdictOn(new Failure('STORAGE_UNAVAILABLE'), before, now)).toMatchObject({
    kind: 'retry',
    counts: { troubledSince: now, troubledAt: now },
  });
});

test('what may be the file’s fault is tried once more; what may be ours, three times', () => {
  const crash = new Failure('DECODER_CRASHED');
  const counts = { retries: 1, retriesBy: { DECODER_CRASHED: 1 } };
  expect(verdictOn(crash)).toEqual({ kind: 'retry', code: 'DECODER_CRASHED', counts });
  expect(verdictOn(crash, counts)).toMatchObject({ kind: 'fail', code: 'DECODER_CRASHED' });
  const bug = new TypeError('x is not a function');
  expect(verdictOn(bug, { retries: 2, retriesBy: { INTERNAL_ERROR: 2 } })).toEqual({
    kind: 'retry',
    code: 'INTERNAL_ERROR',
    counts: { retries: 3, retriesBy: { INTERNAL_ERROR: 3 } },
  });
  expect(verdictOn('nonsense', { retries: 3, retriesBy: { INTERNAL_ERROR: 3 } }).kind).toBe('fail');
});

test('a call of ours that Node refuses is a mistake of ours; a connection that breaks is none', () => {
  const refused = (): unknown => {
    try {
      return Buffer.alloc(2).writeUInt16LE(65_536, 0);
    } catch (cause) {
      return cause;
    }
  };
  expect(refused()).toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  expect(verdictOn(refused())).toMatchObject({
    kind: 'retry',
    code: 'INTERNAL_ERROR',
    counts: { retries: 1 },
  });
  for (const code of ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED'])
    expect(verdictOn(error({ code })).code).toBe('STORAGE_UNAVAILABLE');
});

test('each code has its own budget: neither an outage nor another failure uses it up', () => {
  const history = { retries: 1, retriesBy: { CONVERSION_TIMEOUT: 1 }, troubledSince: 1, attempt: 9 };
  expect(verdictOn(new Failure('DECODER_CRASHED'), history)).toEqual({
    kind: 'retry',
    code: 'DECODER_CRASHED',
    counts: { retries: 2, retriesBy: { CONVERSION_TIMEOUT: 1, DECODER_CRASHED: 1 } },
  });
  // A version that knew no codes has counted all in one.
  expect(verdictOn(new Failure('DECODER_CRASHED'), { retries: 1 }).kind).toBe('fail');
});

test('the pause doubles, never less than half of it, never more than 5 min', () => {
  const now = Date.now();
  for (const [attempt, troubledForMs, ceilingMs] of [
    [1, 0, 5_000],
    [2, 0, 10_000],
    [400, 60_000, 10_000],
    [400, 600_000, 60_000],
    [400, HOUR_MS, 300_000],
    [400, 20 * HOUR_MS, 300_000],
  ] as const) {
    const history = { attempt, retries: 0, troubledSince: now - troubledForMs, troubledAt: now - 1_000 };
    const verdict = judge(new Failure('DISK_FULL'), history, settings, now);
    if (verdict.kind !== 'retry') expect.fail();
    expect(verdict.delayMs).toBeGreaterThanOrEqual(ceilingMs / 2);
    expect(verdict.delayMs).toBeLessThanOrEqual(ceilingMs);
  }
});
