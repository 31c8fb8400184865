/** Errors as people read them. */
import { errorCodes } from '@wavefleet/contracts/error-codes.ts';
import { expect, test } from 'vitest';
import { inWords } from './in-words.ts';
import { problemOf } from './problem.ts';

test.each([
  [
    'INPUT_TOO_LONG',
    { limitSeconds: 14_400, durationSeconds: 18_000 },
    'it lasts 300 minutes; at most 240 minutes',
  ],
  ['UPLOAD_TOO_LARGE', { limitBytes: 5_000_000 }, 'at most 5 MB'],
  ['WEBHOOK_URL_FORBIDDEN', { reason: 'it is not https' }, 'it is not https'],
  ['INVALID_OPTION', { field: 'options.track', tracks: [{}, {}] }, 'options.track; tracks in the file: 2'],
  ['VALIDATION_ERROR', { fields: [{ field: 'name', message: 'expected a name' }] }, 'name: expected a name'],
  ['ACCESS_DENIED', { action: 'x', guidance: 'Whoever runs it allows it.' }, 'Whoever runs it allows it'],
] as const)('%s says what it refers to', (code, detail, said) => {
  const { sentence } = errorCodes[code];
  const words = inWords(sentence, detail);
  expect(words).toBe(`${sentence.slice(0, sentence.indexOf('. See detail'))} (${said}).`);
  const body = { error: { code, message: sentence, requestId: 'r', detail } };
  expect(problemOf(400, body).message).toBe(words);
});

test('no sentence sends people to a detail, whether the answer has it or not', () => {
  const sentences = Object.values(errorCodes).map(({ sentence }) => inWords(sentence, { limitBytes: 'odd' }));
  expect(sentences.filter((words) => /See detail/.test(words) || !/\.$/.test(words))).toEqual([]);
  expect(inWords('Nothing to refer to.', { limitBytes: 1 })).toBe('Nothing to refer to.');
});
