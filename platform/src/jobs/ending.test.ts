/** The end of a job as an update expression. */
import { expect, test } from 'vitest';
import { endingChange, withoutTexts } from './ending.ts';

const error = { code: 'CORRUPT_INPUT', message: 'm', retryable: false } as const;

test('only what is known is written, every name by a placeholder: some are reserved words', () => {
  expect(endingChange({ status: 'failed', error })).toEqual({
    set: ', #error = :error',
    names: { '#error': 'error' },
    values: { ':error': error },
  });
});

test('without the texts of a stranger, what remains of the facts is plain', () => {
  const input = {
    ...{ container: 'fl\u0000ac', codec: 'flac', durationSeconds: 1e300, sampleRate: 44_100, channels: 2 },
    ...{ bitDepth: 16, streams: 1, hasCover: false, tags: { title: 'x' }, tagValues: { artist: ['a', 'b'] } },
  };
  expect(withoutTexts({ status: 'failed', error: { ...error, detail: { a: 1 } }, input })).toEqual({
    status: 'failed',
    error,
    input: {
      ...{ container: 'fl?ac', codec: 'flac', durationSeconds: null, sampleRate: 44_100, channels: 2 },
      ...{ bitDepth: 16, streams: 1, hasCover: false, tags: {} },
    },
  });
});
