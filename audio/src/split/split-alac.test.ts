/** ALAC made in segments, with real FFmpeg: not a sample differs. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { listenAll } from '../samples.testing.ts';
import { music, resultsOf } from './seams.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

test.each([
  ['44.1 kHz', 44_100, 2, {}],
  ['48 kHz, 5.1, 24 bits', 48_000, 6, { bitDepth: 24 }],
  ['96 to 44.1 kHz', 96_000, 2, { sampleRate: 44_100 }],
] as const)('every sample is the same: %s', async (name, rate, channels, options) => {
  const source = await bench.writeSound(`${name}.wav`, music(rate, 9.0123, channels));
  const results = await resultsOf(bench, { source, format: 'alac', options, segments: 3 });
  const joined = await results.join();
  if (joined.file === undefined) throw new Error('not joined', { cause: joined.problem });
  const [one, other] = await listenAll([results.single, joined.file]);
  expect(other?.channels.map(({ length }) => length)).toEqual(one?.channels.map(({ length }) => length));
  const differ = other?.channels.flatMap(
    (samples, channel) => samples.filter((sample, at) => sample !== one?.channels[channel]?.[at]).length,
  );
  expect(differ).toEqual(Array.from({ length: channels }, () => 0));
});
