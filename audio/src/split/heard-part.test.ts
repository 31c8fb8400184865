/** What a segment hears of a source: it comes out the same where all that is before is never read. */
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { segmentArgs } from '../args/segment-args.ts';
import { makeBench } from '../conversion.testing.ts';
import { encodeFiles, folderFiles } from '../folder-files.ts';
import { planConversion } from '../plan/plan.ts';
import { probe } from '../probing/probe.ts';
import { type Resampler, soxr, swr } from '../resampler.ts';
import { type HeardPart, heardPart } from './heard-part.ts';
import { type PlacedSegment, placeSegments } from './place-segments.ts';
import { planKept } from './plan-split.ts';

const SECONDS = 150.0123;
/** All that stands before the samples, also of an RF64. */
const HEAD_BYTES = 1_024;

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const noise = (layout: string) => [
  '-f',
  'lavfi',
  '-i',
  `anoisesrc=c=pink:r=44100:a=0.4:seed=3:d=${SECONDS},aformat=channel_layouts=${layout}`,
];

/** The segments of that order, each with what it hears of the source. */
async function partsOf(
  source: string,
  format: FormatName,
  quality?: Quality,
  options: ConversionOptions = {},
  resampler: Resampler = swr,
) {
  const tools = await bench.folderWith(source);
  const { facts, ...probed } = await probe(tools);
  const { plan } = planConversion({ facts, ...probed }, format, quality, options);
  const split = planKept({ plan, sourceCodec: facts.codec, outputBytes: 1e9 }, SECONDS - 1);
  if (split === undefined) return expect.fail('it is not made in segments');
  const files = encodeFiles('out', format);
  const setting = { files, hasCarrier: false, threads: 1, resampler };
  const path = join(tools.cwd, folderFiles.input);
  const sound = { plan, input: facts, resampler };
  const parts: { segment: PlacedSegment; heard: HeardPart | undefined }[] = [];
  for (const segment of placeSegments(split, setting))
    parts.push({ segment, heard: await heardPart(path, sound, segment) });
  /** What FFmpeg makes of one, by all of its packets: muxers draw numbers at random. */
  const made = async (index: number, skippedSeconds: number): Promise<string> => {
    const segment = parts[index]?.segment ?? expect.fail();
    const of = { segment: { ...segment, isDressed: false }, bare: split.codec.bare, skippedSeconds };
    const args = segmentArgs(plan, tools.lists, setting, of);
    await execa(tools.ffmpeg, args, { cwd: tools.cwd, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    const packets = ['-v', 'error', '-i', segment.file, '-map', '0:a', '-c', 'copy', '-f', 'framemd5', '-'];
    return (await execa('ffmpeg', packets, { cwd: tools.cwd })).stdout;
  };
  /** The same of a source of which nothing is there but its header and what the segment hears. */
  const madeOfPart = async (index: number): Promise<string> => {
    const { range, skippedSeconds } = parts[index]?.heard ?? expect.fail();
    const whole = `${path}.whole`;
    await rename(path, whole);
    try {
      await copyParts(whole, path, [{ from: 0, to: HEAD_BYTES }, range]);
      return await made(index, skippedSeconds);
    } finally {
      await rename(whole, path);
    }
  };
  return { parts, made, madeOfPart };
}

/** As many bytes, but zeros where no part lies. */
async function copyParts(from: string, to: string, parts: readonly HeardPart['range'][]): Promise<void> {
  await using source = await open(from);
  await using copy = await open(to, 'wx');
  await copy.truncate((await source.stat()).size);
  for (const { from: at, to: end } of parts) {
    const { buffer, bytesRead } = await source.read(Buffer.alloc(end - at), 0, end - at, at);
    await copy.write(buffer, 0, bytesRead, at);
  }
}

test.each([
  ['16 bits', 'mp3', '192k', 'stereo', ['-c:a', 'pcm_s16le']],
  ['16 bits', 'm4a', '160k', 'stereo', ['-c:a', 'pcm_s16le']],
  ['24 bits, mono', 'mp3', 'v2', 'mono', ['-c:a', 'pcm_s24le']],
  ['floats', 'mp3', '192k', 'stereo', ['-c:a', 'pcm_f32le']],
  ['RF64', 'alac', undefined, 'stereo', ['-c:a', 'pcm_s16le', '-rf64', 'always']],
  ['44.1 kHz', 'opus', '128k', 'stereo', ['-c:a', 'pcm_s16le']],
  ['22.05 kHz', 'opus', '96k', 'mono', ['-ar', '22050', '-c:a', 'pcm_s16le']],
  ['48 kHz, made 44.1', 'mp3', '192k', 'stereo', ['-ar', '48000', '-c:a', 'pcm_s16le'], 44_100],
] as const)(
  '%s to %s at %s: each segment is the same',
  async (kind, format, quality, layout, codec, rate?) => {
    const name = `${format}-${layout}-${kind.replace(' ', '')}.wav`;
    const source = await bench.make(name, [...noise(layout), ...codec]);
    const { parts, made, madeOfPart } = await partsOf(source, format, quality, rate && { sampleRate: rate });
    const skipped = parts.map(({ heard }) => heard?.skippedSeconds ?? 0);
    expect(skipped).toEqual(skipped.toSorted((a, b) => a - b));
    // The second half of an M4A, whose segments are long, begins ten seconds early.
    expect(skipped.at(-1)).toBeGreaterThan(SECONDS / 3);
    for (const index of parts.keys()) expect(await madeOfPart(index)).toBe(await made(index, 0));
  },
);

test('where filters remember, nothing is skipped, and the last segment hears all', async () => {
  const source = await bench.make('plain.wav', [...noise('stereo'), '-c:a', 'pcm_s16le']);
  const orders = [
    [{ sampleRate: 48_000 }, soxr],
    [{ fadeIn: 10 }, swr],
  ] as const;
  for (const [options, resampler] of orders) {
    const { parts } = await partsOf(source, 'mp3', '192k', options, resampler);
    expect(new Set(parts.slice(0, -1).map(({ heard }) => heard?.skippedSeconds))).toEqual(new Set([0]));
    expect(parts.at(-1)?.heard).toBeUndefined();
  }
});

test('of what is no plain WAV nobody knows', async () => {
  const wav = await bench.make('to-code.wav', [...noise('stereo'), '-c:a', 'pcm_s16le']);
  const flac = await bench.make('coded.flac', ['-i', wav]);
  const { parts } = await partsOf(flac, 'mp3', '192k');
  expect(new Set(parts.map(({ heard }) => heard))).toEqual(new Set([undefined]));
});
