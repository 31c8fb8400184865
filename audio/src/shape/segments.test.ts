/**
 * Streams that are put together by chance, from a seed: what each part holds is where it should be in the result, as loud
 * as it was, whatever came before it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { decibels, decode, toneAmplitude } from '../samples.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Codecs whose files may be put behind each other: how FFmpeg makes a part, and which rates it may have. */
const kinds = [
  { ending: 'mp3', codec: ['-c:a', 'libmp3lame', '-b:a', '128k'], rates: [32_000, 44_100, 48_000] },
  { ending: 'aac', codec: ['-c:a', 'aac', '-b:a', '128k'], rates: [22_050, 44_100, 48_000] },
  { ending: 'ac3', codec: ['-c:a', 'ac3'], rates: [32_000, 44_100, 48_000] },
  { ending: 'ogg', codec: ['-c:a', 'libvorbis'], rates: [16_000, 44_100, 48_000] },
  // Blocks of one size, as libFLAC writes them for every rate. FFmpeg's decoder refuses blocks that are larger than the
  // first link declares; such a chain is told as damaged (DECODE_ERRORS).
  {
    ending: 'oga',
    codec: ['-c:a', 'flac', '-frame_size', '4096', '-f', 'ogg'],
    rates: [16_000, 44_100, 96_000],
  },
] as const;
const targets: readonly FormatName[] = ['mp3', 'm4a', 'opus', 'ogg', 'flac'];

interface Part {
  readonly tone: number;
  readonly rate: number;
  readonly channels: number;
  readonly seconds: number;
  readonly amplitude: number;
}

/** A fifth of a second around the middle of what lies between two times. */
function middle(samples: Float64Array, rate: number, fromSeconds: number, seconds: number): Float64Array {
  const start = Math.round((fromSeconds + seconds / 2 - 0.1) * rate);
  return samples.subarray(start, start + Math.round(0.2 * rate));
}
/** The amplitude of a tone in so short a piece: `toneAmplitude` looks at a second, so the piece is repeated. */
function amplitudeIn(piece: Float64Array, rate: number, tone: number): number {
  const whole = new Float64Array(rate);
  if (piece.length === 0) return 0;
  for (let at = 0; at < rate; at += piece.length)
    whole.set(piece.subarray(0, Math.min(piece.length, rate - at)), at);
  return toneAmplitude(whole, rate, tone);
}

async function makePart(name: string, { tone, rate, channels, seconds }: Part, codec: readonly string[]) {
  const file = await bench.make(name, [
    ...['-f', 'lavfi', '-i', `sine=f=${tone}:r=${rate}:d=${seconds}`],
    ...['-af', `volume=4,pan=${channels === 1 ? 'mono|c0=c0' : 'stereo|c0=c0|c1=c0'}`, ...codec],
  ]);
  const [first = new Float64Array()] = await decode(file);
  return { bytes: await readFile(file), samples: first };
}

test.concurrent.each([11, 22, 33, 44, 55, 66])('parts of one codec, seed %i', async (seed) => {
  const next = chance(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const { ending, codec, rates } = pick(kinds);
  const parts: Part[] = Array.from({ length: 3 + Math.floor(next() * 3) }, (_, index) => ({
    tone: 300 + 100 * index,
    rate: pick(rates),
    channels: 1 + Math.floor(next() * 2),
    seconds: 0.7 + next() * 0.8,
    amplitude: 0.5,
  }));
  const made = [];
  for (const [index, part] of parts.entries()) {
    made.push(await makePart(`${seed}-${index}.${ending}`, part, codec));
  }
  const source = bench.path(`${seed}.${ending}`);
  await writeFile(source, Buffer.concat(made.map(({ bytes }) => bytes)));

  const faults: string[] = [];
  for (const format of ['wav', pick(targets)] as const) {
    const { file, facts } = await bench.verified(source, format);
    const [left = new Float64Array()] = await decode(file);
    let at = 0;
    for (const [index, { tone, rate, channels }] of parts.entries()) {
      const own = made[index]?.samples ?? new Float64Array();
      const seconds = own.length / rate;
      // One channel that becomes two gives each half of its power; two that are the same become that one.
      const share = channels === 1 && facts.channels === 2 ? Math.SQRT1_2 : 1;
      const expected = share * amplitudeIn(middle(own, rate, 0, seconds), rate, tone);
      const found = amplitudeIn(middle(left, facts.sampleRate, at, seconds), facts.sampleRate, tone);
      const off = decibels(found / expected);
      if (!(Math.abs(off) < 1))
        faults.push(`${format}: part ${index} (${tone} Hz) is ${off.toFixed(1)} dB off`);
      at += seconds;
    }
    const lengths = { decoded: left.length / facts.sampleRate, declared: facts.durationSeconds };
    for (const [what, found] of Object.entries(lengths)) {
      if (found < at - 0.05 || found > at + 0.15) faults.push(`${format}: ${what} ${found} s of ${at} s`);
    }
  }
  expect(faults).toEqual([]);
});

describe('holes', () => {
  test.concurrent.each([7, 8])('where packets are missing, seed %i', async (seed) => {
    const next = chance(seed);
    // Packets of 20 ms: three holes of 60 to 500 ms, none touching another.
    const holes = [0, 1, 2].map((index) => {
      const from = 10 + index * 60 + Math.floor(next() * 20);
      return { from, to: from + 3 + Math.floor(next() * 23) };
    });
    const whole = await bench.make(`${seed}.opus`, [
      ...['-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=4', '-af', 'volume=4', '-c:a', 'libopus'],
    ]);
    const drop = holes.map(({ from, to }) => String.raw`between(n\,${from}\,${to - 1})`).join('+');
    const source = await bench.make(`${seed}.webm`, [
      '-i',
      whole,
      '-c',
      'copy',
      '-bsf:a',
      `noise=drop='${drop}'`,
    ]);
    const { file } = await bench.convert(source, 'wav');
    const [samples = new Float64Array()] = await decode(file);
    expect(samples.length / 48_000).toBeCloseTo(4, 1);
    const rms = (fromSeconds: number, toSeconds: number): number => {
      const part = samples.subarray(fromSeconds * 48_000, toSeconds * 48_000);
      return Math.sqrt(part.reduce((sum, sample) => sum + sample ** 2, 0) / part.length);
    };
    for (const { from, to } of holes) {
      // Opus fades out over some ms, and the container's times have whole ones.
      expect(rms(from * 0.02 + 0.015, to * 0.02 - 0.015)).toBeLessThan(0.02);
      expect(rms(from * 0.02 - 0.1, from * 0.02 - 0.02)).toBeGreaterThan(0.3);
      expect(rms(to * 0.02 + 0.05, to * 0.02 + 0.15)).toBeGreaterThan(0.3);
    }
  });
});
