/** The picture that is chosen last is the one that counts, and none stays on the server unused. */
import { Problem } from '@wavefleet/client/problem.ts';
import { expect, test } from 'vitest';
import { Store } from '../store.ts';
import { firstChoice } from './choice.ts';
import { CoverChoice } from './cover-choice.ts';

function setUp() {
  const choice = new Store(firstChoice);
  const answers: ((fileId: string) => void)[] = [];
  const removed: string[] = [];
  const said: string[] = [];
  const cover = new CoverChoice({
    choice,
    send: (picture) =>
      picture.size === 0
        ? Promise.reject(new Problem('EMPTY_FILE', 'The file is empty.', { status: 400 }))
        : new Promise((resolve) => answers.push((fileId) => resolve({ fileId }))),
    remove: async (fileId) => void removed.push(fileId),
    say: (sentence) => said.push(sentence),
  });
  return { cover, answers, removed, said, held: () => choice.value.shared.newCover };
}

test('a picture is on its way, then there; dropped, it leaves the server', async () => {
  const { cover, answers, removed, said, held } = setUp();
  const choosing = cover.choose(new File(['x'], 'a.png'));
  expect(held()).toEqual({ phase: 'sending', name: 'a.png' });
  answers[0]?.('a');
  await choosing;
  expect(held()).toEqual({ phase: 'ready', name: 'a.png', fileId: 'a' });
  expect(said).toEqual(['a.png will be the cover.']);
  cover.drop();
  expect(held()).toBeUndefined();
  expect(removed).toEqual(['a']);
});

test('of two that cross each other the later choice holds, and the other one goes', async () => {
  const { cover, answers, removed, held } = setUp();
  const first = cover.choose(new File(['x'], 'a.png'));
  const second = cover.choose(new File(['y'], 'b.png'));
  answers[1]?.('b');
  await second;
  answers[0]?.('a');
  await first;
  expect(held()).toEqual({ phase: 'ready', name: 'b.png', fileId: 'b' });
  expect(removed).toEqual(['a']);
});

test('one that is refused says why, by the server or before it is sent', async () => {
  const { cover, answers, held } = setUp();
  await cover.choose(new File([], 'none.png'));
  expect(held()).toEqual({ phase: 'refused', name: 'none.png', message: 'The file is empty.' });
  await cover.choose(new File([new Uint8Array(8 * 1024 ** 2 + 1)], 'big.png'));
  expect(held()).toEqual({
    phase: 'refused',
    name: 'big.png',
    message: 'Choose a picture of at most 8 MB.',
  });
  expect(answers).toEqual([]);
});
