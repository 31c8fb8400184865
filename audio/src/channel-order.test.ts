/** Every speaker of a source is the same speaker in the result, in whatever order a codec has them. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';
import { encoderOf } from './encoders.ts';
import { channelsOfLayout } from './plan/layouts.ts';
import { decode, listenAll, toneAmplitude } from './samples.testing.ts';

// ADTS, E-AC-3 and WebM are told what M4A, AC-3 and Opus are; the others have the order of WAV.
const formats = ['m4a', 'alac', 'ogg', 'opus', 'flac', 'ac3'] as const satisfies FormatName[];
/** Mono and stereo have no order that could be mistaken. */
const layoutsOf = (format: FormatName): string[] => {
  const { layouts } = encoderOf(format);
  return layouts === 'any' ? [] : layouts.filter((layout) => (channelsOfLayout(layout) ?? 0) > 2);
};

/** One tone for each speaker. That of the LFE channel, the fourth one where there is any, is as low as codecs want it. */
function tonesOf(layout: string): number[] {
  const hasLfe = /\.1(\(|$)/.test(layout);
  return Array.from({ length: channelsOfLayout(layout) ?? 0 }, (_, index) =>
    index === 3 && hasLfe ? 60 : 300 + 100 * index,
  );
}

let bench: Awaited<ReturnType<typeof makeBench>>;
const sourceOf = (layout: string): string => bench.path(`${layout}.wav`);
beforeAll(async () => {
  bench = await makeBench();
  const layouts = [...new Set(formats.flatMap(layoutsOf))];
  const inputs = layouts.flatMap((layout) => {
    const voices = tonesOf(layout).map((hz) => `0.3*sin(2*PI*${hz}*t)`);
    return ['-f', 'lavfi', '-i', `aevalsrc='${voices.join('|')}':s=48000:d=1.1:c=${layout}`];
  });
  const outputs = layouts.flatMap((layout, index) => ['-map', `${index}:a`, sourceOf(layout)]);
  await bench.make('unused.wav', [...inputs, ...outputs, '-map', '0:a']);
});
afterAll(() => bench.remove());

test.concurrent.each(formats)('of %s', async (format) => {
  const layouts = layoutsOf(format);
  const files: string[] = [];
  for (const layout of layouts) {
    const { file, warnings } = await bench.convert(sourceOf(layout), format);
    expect(warnings, layout).toEqual([]);
    files.push(file);
  }
  for (const [index, { sampleRate, channels }] of (await listenAll(files)).entries()) {
    const layout = layouts[index] ?? '';
    const tones = tonesOf(layout);
    const loudest = channels.map((samples) => {
      const levels = tones.map((hz) => toneAmplitude(samples, sampleRate, hz));
      return tones[levels.indexOf(Math.max(...levels))];
    });
    expect(loudest, layout).toEqual(tones);
  }
});

/** One level for each speaker, which 16 bits hold as it is. */
function stepsFor(layout: string): number[] {
  return Array.from({ length: channelsOfLayout(layout) ?? 0 }, (_, index) => (index + 1) / 16);
}

/** A source of those levels. */
async function stepsOf(layout: string): Promise<string> {
  const steps = `aevalsrc='${stepsFor(layout).join('|')}':s=48000:d=0.1:c=${layout}`;
  return await bench.make(`steps of ${layout}.wav`, ['-f', 'lavfi', '-i', steps]);
}

test.each<[string, FormatName, number]>([
  ['2.1', 'wav', 4],
  ['3.0', 'wav', 4],
  ['5.1', 'flac', 7],
  ['6.1(back)', 'flac', 7],
  ['hexagonal', 'flac', 7],
  ['mono', 'flac', 4],
])('of %s, in %s of %i channels, sample for sample', async (layout, format, channels) => {
  const steps = stepsFor(layout);
  const { file, warnings } = await bench.convert(await stepsOf(layout), format, { channels });
  expect(warnings).toEqual([]);
  const heard = (await decode(file)).map(([first = 0]) => first).filter((level) => level !== 0);
  expect(heard.toSorted()).toEqual(layout === 'mono' ? [1 / 16, 1 / 16] : steps);
});

test.each<[string, FormatName, number]>([
  ['2.1', 'flac', 4],
  ['6.1', 'alac', 8],
])('of %s, that %s of %i channels has no place for: the user is told', async (layout, format, channels) => {
  const { file, warnings } = await bench.convert(await stepsOf(layout), format, { channels });
  expect([warnings, (await decode(file)).length]).toEqual([['DOWNMIXED'], channels]);
});
