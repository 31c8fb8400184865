/** What fuzzing has found stays mended. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allFound, wrongWith } from './fuzz/findings.ts';
import { madeOf } from './fuzz/recipe.ts';
import { Ground } from './run/ground.ts';
import { sendByUpload } from './run/send.ts';

const found = await allFound();
let ground: Ground;
beforeAll(async () => {
  ground = await Ground.prepare();
});
afterAll(() => ground?.stop());

test.each(found)('%s is told by what is wrong with the file', async (name, finding) => {
  const outcome = await sendByUpload(ground, { name, bytes: madeOf(finding, ground.seeds) });
  expect(wrongWith(outcome)).toBeUndefined();
});
