/** How errors of AWS are told apart. */
import { expect, test } from 'vitest';
import {
  isConditionFailed,
  isInvalidRange,
  isMissing,
  isPreconditionFailed,
  isWriteConflict,
} from './errors.ts';

const named = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error('x'), { name, $metadata: { httpStatusCode } });

test('errors are told apart by name, or by status where an emulator has no name', () => {
  expect(isConditionFailed(named('ConditionalCheckFailedException'))).toBe(true);
  expect(isMissing(named('NoSuchKey'))).toBe(true);
  expect(isMissing(named('NotFound'))).toBe(true);
  expect(isPreconditionFailed(named('PreconditionFailed'))).toBe(true);
  expect(isPreconditionFailed(named('UnknownError', 412))).toBe(true);
  expect(isInvalidRange(named('InvalidRange'))).toBe(true);
  expect(isInvalidRange(named('x', 416))).toBe(true);
  expect(isWriteConflict(named('ConditionalRequestConflict'))).toBe(true);
  expect(isWriteConflict(named('x', 409))).toBe(true);
  for (const is of [isConditionFailed, isWriteConflict, isMissing, isPreconditionFailed, isInvalidRange]) {
    expect(is(new Error('x'))).toBe(false);
    expect(is(undefined)).toBe(false);
  }
});
