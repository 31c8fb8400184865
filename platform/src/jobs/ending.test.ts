/** The end of a job as an update expression. */
import { expect, test } from 'vitest';
import { endingChange } from './ending.ts';

const error = { code: 'CORRUPT_INPUT', message: 'm', retryable: false } as const;

test('only what is known is written, every name by a placeholder: some are reserved words', () => {
  expect(endingChange({ status: 'failed', error })).toEqual({
    set: ', #error = :error',
    names: { '#error': 'error' },
    values: { ':error': error },
  });
});
