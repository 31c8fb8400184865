/** Failures mean what the table of error codes says. */
import { expect, test } from 'vitest';
import { errorCodes, isErrorCode } from './error-codes.ts';
import { Failure } from './failure.ts';

test('a failure carries the table’s meaning of its code', () => {
  const failure = new Failure('UPLOAD_TOO_LARGE', { detail: { limitBytes: 5 } });
  expect(failure).toMatchObject({ status: 413, retryable: false, detail: { limitBytes: 5 } });
  expect(failure.message).toBe(errorCodes.UPLOAD_TOO_LARGE.sentence);
  expect(new Failure('DISK_FULL')).toMatchObject({ status: 507, retryable: true });
});

test('every code has an HTTP error status and a sentence that ends', () => {
  for (const [code, { status, sentence, retryable, again }] of Object.entries(errorCodes)) {
    expect(status, code).toBeGreaterThanOrEqual(400);
    expect(sentence, code).toMatch(/^[A-Z].*\.$/);
    expect(retryable, code).toBe(again !== 'never');
  }
});

test('only own codes are codes', () => {
  expect(isErrorCode('DISK_FULL')).toBe(true);
  expect(isErrorCode('toString')).toBe(false);
});
