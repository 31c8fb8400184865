/** Errors as people read them. */
import { expect, test } from 'vitest';
import { errorCodes } from './error-codes.ts';
import { inWords } from './in-words.ts';

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
  ['INSUFFICIENT_SCOPE', { scope: 'jobs:read jobs:write' }, 'jobs:read jobs:write'],
  ['UNSUPPORTED_MEDIA_TYPE', { accepts: ['audio/*', 'image/png'] }, 'audio/*, image/png'],
  ['INVALID_PART_NUMBER', { partNumber: 9, partCount: 8 }, 'the last one is 8'],
  ['WRONG_PART_SIZE', { partNumber: 1, expectedBytes: 5_242_880 }, 'it is to have 5242880 bytes'],
  ['ACCESS_DENIED', { action: 'x', guidance: 'Whoever runs it allows it.' }, 'Whoever runs it allows it'],
] as const)('%s says what it refers to', (code, detail, said) => {
  const { sentence } = errorCodes[code];
  const words = inWords(sentence, detail);
  expect(words).toBe(`${sentence.slice(0, sentence.indexOf('. See detail'))} (${said}).`);
});

test('no sentence sends people to a detail, whether the answer has it or not', () => {
  const sentences = Object.values(errorCodes).map(({ sentence }) => inWords(sentence, { limitBytes: 'odd' }));
  expect(sentences.filter((words) => /detail/.test(words) || !/\.$/.test(words))).toEqual([]);
  expect(inWords('Nothing to refer to.', { limitBytes: 1 })).toBe('Nothing to refer to.');
});
