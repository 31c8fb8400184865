/** Some hostile files and requests of most kinds: what `npm run hostile` does at length. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileClasses } from './files/all.ts';
import { requestClasses } from './requests/all.ts';
import { Ground } from './run/ground.ts';
import { tryFiles } from './run/try-files.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await Ground.prepare();
});
afterAll(() => ground?.stop());

const isQuick = ({ quick }: { readonly quick?: boolean }): boolean => quick === true;

describe('held:', () => {
  test.each(fileClasses.filter(isQuick))('$id, $what', async (each) => {
    // Vitest traces nobody: what FFmpeg opens is the command's to see.
    expect(await tryFiles(ground, each, { canTrace: false, most: 3 })).toEqual([]);
  });

  test.each(requestClasses.filter(isQuick))('$id, $what', async (each) => {
    expect(await each.check(ground)).toEqual([]);
  });
});
