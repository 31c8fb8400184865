/** The one button that a failed job offers. */
import { expect, test } from 'vitest';
import { nextStep } from './next-step.ts';

const error = (
  code: 'CORRUPT_INPUT' | 'CONVERSION_FAILED' | 'WORKER_CRASHED' | 'INPUT_MISSING',
  retryable = false,
) => ({
  code,
  message: '',
  retryable,
});

test('one step for each kind of failure', () => {
  const fix = { label: 'Convert the whole file, without trimming', changes: { options: {} } };
  expect(nextStep({ status: 'failed', error: error('CORRUPT_INPUT'), fix })).toEqual({
    kind: 'retry',
    ...fix,
  });
  expect(nextStep({ status: 'failed', error: error('CONVERSION_FAILED', true) })).toMatchObject({
    kind: 'retry',
    label: 'Try again',
  });
  expect(nextStep({ status: 'failed', error: error('WORKER_CRASHED') }).kind).toBe('retry');
  expect(nextStep({ status: 'failed', error: error('CORRUPT_INPUT') })).toEqual({
    kind: 'newFile',
    label: 'Choose another file',
  });
  expect(nextStep({ status: 'failed', error: error('INPUT_MISSING') }).label).toBe('Choose the file again');
  expect(nextStep({ status: 'cancelled' })).toMatchObject({ kind: 'retry', label: 'Convert after all' });
});
