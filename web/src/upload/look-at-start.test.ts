/** What is not sent at all, and what the user is told of it. */
import { expect, test } from 'vitest';
import { lookAtStart } from './look-at-start.ts';

const file = (parts: BlobPart[]) => new File(parts, 'song.mp3');

test('a text that is called song.mp3 is not sent, and the sentence says what it is', async () => {
  await expect(lookAtStart(file(['Words, not sound.\n']))).rejects.toMatchObject({
    code: 'UNRECOGNISED_FORMAT',
    status: 400,
    retryable: false,
    message: 'This is text, not an audio or video file that can be converted.',
  });
});

test('what could be audio is sent', async () => {
  await lookAtStart(file([new Uint8Array(5_000)]));
});

test('what cannot be read is not sent, and the sentence says why', async () => {
  const slice = () => Object.assign(new Blob(), { arrayBuffer: () => Promise.reject(new Error('moved')) });
  await expect(lookAtStart(Object.assign(file([]), { slice }))).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    retryable: false,
    message:
      'This file can no longer be read: it was changed, moved or deleted after it was chosen. Choose it again.',
  });
});
