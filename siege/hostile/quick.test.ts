/** Some hostile files and requests of most kinds: what `npm run hostile` does at length. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileClasses } from './files/all.ts';
import { fuzzRequests } from './fuzz/fuzz-requests.ts';
import { requestClasses } from './requests/all.ts';
import { Ground } from './run/ground.ts';
import { tryFiles } from './run/try-files.ts';

/** What cannot read the description, or meets what is wrong everywhere, shows at once. */
const FUZZED_MS = 4_000;

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

  test('requests that are made from the API’s own description, for some seconds', async () => {
    const untilMs = performance.now() + FUZZED_MS;
    const signal = AbortSignal.timeout(FUZZED_MS);
    const { sent, wrong } = await fuzzRequests(ground, { seed: 20, untilMs, signal });
    expect(wrong).toEqual([]);
    expect(sent).toBeGreaterThan(20);
  });
});
