/** Chains of FLAC in Ogg: which links FFmpeg can decode, and what is said of the others. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { flacLinkDepths } from './flac-links.ts';

const signal = new AbortController().signal;
let bench: Awaited<ReturnType<typeof makeBench>>;
let chain: string;
beforeAll(async () => {
  bench = await makeBench();
  const linkOf = async (bits: 16 | 24): Promise<Buffer> => {
    const format = ['-sample_fmt', bits === 16 ? 's16' : 's32', '-bits_per_raw_sample', String(bits)];
    const tone = ['-f', 'lavfi', '-i', 'sine=r=44100:d=1', '-c:a', 'flac', ...format, '-f', 'ogg'];
    return await readFile(await bench.make(`${bits}.oga`, tone));
  };
  const [shallow, deep] = [await linkOf(16), await linkOf(24)];
  chain = await bench.write('chain.oga', Buffer.concat([shallow, deep, shallow]));
});
afterAll(() => bench.remove());

test('links that are not as deep as the first one are missing, and the job says how many', async () => {
  expect(await flacLinkDepths(chain, signal)).toEqual([16, 24, 16]);
  const { facts, encoded } = await bench.verified(chain, 'flac');
  expect(facts.durationSeconds).toBe(2);
  expect(encoded.damaged).toBe(true);
  expect(encoded.warnings).toEqual([
    {
      code: 'LINKS_LOST',
      message:
        'The file is a chain of 3 FLAC streams. Only those with 16 bits, like the first one, could be decoded; missing: 1.',
    },
  ]);
  await expect(bench.convert(chain, 'flac', { strict: true })).rejects.toMatchObject({
    code: 'CORRUPT_INPUT',
  });
});

test('a file that is none, or is cut, is no crash', async () => {
  expect(await flacLinkDepths(bench.path('missing.oga'), signal)).toEqual([]);
  const bytes = await readFile(chain);
  for (const length of [0, 20, 60, 100]) {
    const cut = await bench.write('cut.oga', bytes.subarray(0, length));
    expect(await flacLinkDepths(cut, signal)).toEqual(length >= 79 ? [16] : []);
  }
});

test('pages are read up to a bound, and no longer than until the job is over', async () => {
  const page = Buffer.alloc(27);
  page.write('OggS', 'latin1');
  const first = (await readFile(chain)).subarray(0, 79);
  const many = await bench.write('many.oga', Buffer.concat([first, Buffer.alloc(27 * 100_000, page), first]));
  expect(await flacLinkDepths(many, signal)).toEqual([16, 16]);
  expect(await flacLinkDepths(many, signal, 99_999)).toEqual([]);
  const over = new Error('the job is over');
  await expect(flacLinkDepths(many, AbortSignal.abort(over))).rejects.toBe(over);
});
