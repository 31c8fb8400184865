/** What an attempt has stored for nobody goes, whatever S3 says at first. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { expect, test } from 'vitest';
import { Background } from './background.ts';
import { StoredObjects, settleLater } from './stored-objects.ts';

test('what S3 keeps of a job that is gone, and says so key by key, is deleted by the next try', async () => {
  const removals: (readonly string[])[] = [];
  const objects = {
    async remove(keys: readonly string[]) {
      removals.push(keys);
      // As of an answer with 200 that has an error for each key.
      if (removals.length === 1) throw new Failure('STORAGE_UNAVAILABLE', { cause: new Error('SlowDown') });
    },
    list: async () => [],
  };
  const errors: unknown[] = [];
  const background = new Background((error) => errors.push(error));
  const claim = { jobId: 'a', attempt: 1, owner: 'me' };
  const stored = new StoredObjects({ objects, transitions: { look: async () => undefined } }, claim);
  stored.begin('conversions/a/1.mp3');
  settleLater(background, stored);
  await background.close();
  expect(errors).toEqual([]);
  expect(removals).toEqual([['conversions/a/1.mp3'], ['conversions/a/1.mp3']]);
  expect(stored.isSettled).toBe(true);
});
