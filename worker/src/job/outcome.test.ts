/** What becomes of a job whose attempt failed. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { expect, test } from 'vitest';
import { judge } from './outcome.ts';

test.each([
  ['a user’s fault', new Failure('UNRECOGNISED_FORMAT'), 0, 'fail', 'UNRECOGNISED_FORMAT'],
  ['a crash of the decoder, first time', new Failure('DECODER_CRASHED'), 0, 'retry', 'DECODER_CRASHED'],
  ['a crash of the decoder, second time', new Failure('DECODER_CRASHED'), 1, 'fail', 'DECODER_CRASHED'],
  ['a full disk', Object.assign(new Error('x'), { code: 'ENOSPC' }), 2, 'retry', 'DISK_FULL'],
  [
    'a full disk for the fourth time',
    Object.assign(new Error('x'), { code: 'ENOSPC' }),
    3,
    'fail',
    'DISK_FULL',
  ],
  ['an SDK error', Object.assign(new Error('x'), { $metadata: {} }), 0, 'retry', 'STORAGE_UNAVAILABLE'],
  [
    'a service that throttles',
    Object.assign(new Error('x'), { name: 'SlowDown', $metadata: {} }),
    0,
    'retry',
    'THROTTLED',
  ],
  [
    'a missing permission',
    Object.assign(new Error('x'), { name: 'AccessDenied', $fault: 'client', $metadata: {} }),
    0,
    'retry',
    'ACCESS_DENIED',
  ],
  [
    'an object that is not there, where nobody expected that',
    Object.assign(new Error('x'), { name: 'NoSuchKey', $fault: 'client', $metadata: {} }),
    0,
    'retry',
    'STORAGE_UNAVAILABLE',
  ],
  [
    'a broken connection',
    Object.assign(new Error('x'), { code: 'ECONNRESET' }),
    0,
    'retry',
    'STORAGE_UNAVAILABLE',
  ],
  ['a bug', new TypeError('x is not a function'), 0, 'retry', 'INTERNAL_ERROR'],
  ['nonsense', 'text', 3, 'fail', 'INTERNAL_ERROR'],
])('%s', (_name, error, retries, kind, code) => {
  expect(judge(error, retries, 100)).toMatchObject({ kind, failure: { code } });
});

test('the pause doubles, never less than half of it, never more than 5 min', () => {
  for (const [retries, ceilingMs] of [
    [0, 5_000],
    [1, 10_000],
    [2, 20_000],
  ] as const) {
    const verdict = judge(new Failure('DISK_FULL'), retries, 5_000);
    if (verdict.kind !== 'retry') expect.fail();
    expect(verdict.delayMs).toBeGreaterThanOrEqual(ceilingMs / 2);
    expect(verdict.delayMs).toBeLessThanOrEqual(ceilingMs);
  }
  const verdict = judge(new Failure('DISK_FULL'), 2, 1e9);
  expect(verdict.kind === 'retry' && verdict.delayMs).toBeLessThanOrEqual(300_000);
});
