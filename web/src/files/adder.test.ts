/** What of a drop gets onto the desk, and what is said of the rest. */
import { expect, test } from 'vitest';
import { Adder } from './adder.ts';

function stand() {
  const added: string[][] = [];
  const said: string[] = [];
  const adder = new Adder({
    desk: { add: (files) => added.push(files.map(({ file }) => file.name)) },
    looksLikeSound: ({ name }) => name.endsWith('.wav'),
    say: (sentence) => said.push(sentence),
  });
  return { adder, added, said };
}
const chosen = (name: string) => ({ file: new File(['x'], name) });
const inFolder = (name: string) => ({ ...chosen(name), inFolder: true }) as const;

test('what is chosen by name is taken whatever it is; of a folder only what looks like sound', () => {
  const { adder, added, said } = stand();
  adder.add({ files: [chosen('a.pdf'), inFolder('b.wav'), inFolder('cover.jpg')] });
  expect(added).toEqual([['a.pdf', 'b.wav']]);
  expect(said).toEqual(['2 files added.']);
  expect(adder.leftOut.value).toBe(
    '1 file in the folder does not look like audio or video, and was left out.',
  );
  adder.add({ files: [chosen('a.wav')] });
  expect(adder.leftOut.value).toBeUndefined();
});

test('what cannot be read is named, and does not keep back the rest', () => {
  const { adder, added } = stand();
  // Its mark turns the direction of writing.
  adder.add({ files: [inFolder('a.wav')], unreadable: ['locked\u202e.wav', 'b', 'c'] });
  expect(added).toEqual([['a.wav']]);
  expect(adder.leftOut.value).toMatch(/^locked\.wav and 2 more could not be read\./);
});

test('an empty folder says so, and nothing is announced as added', () => {
  const { adder, added, said } = stand();
  adder.add({ files: [] });
  expect([added, said]).toEqual([[], []]);
  expect(adder.leftOut.value).toBe('There are no files in what you added.');
});
