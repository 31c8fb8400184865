/** What a file declares of itself is a hint: what it holds is converted, all of it and nothing else. */
import { readFile } from 'node:fs/promises';
import { type FormatName, formatNames, outputFormat } from '@wavefleet/contracts/formats.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';
import {
  aifc,
  aiff,
  caf,
  extensible,
  rf64,
  rifx,
  u16,
  u32,
  w64,
  wav,
} from './probing/headers/pcm-files.testing.ts';
import { measureAll } from './samples.testing.ts';
import { tellingFormats } from './telling-formats.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const RATE = 8_000;
/** A tone at half of full scale, in samples of so many bits, the least byte first. */
function tone(samples: number, bits: 8 | 16 | 24 | 32): Buffer {
  const bytes = Buffer.alloc((samples * bits) / 8);
  for (let index = 0; index < samples; index += 1) {
    const value = Math.round(0.5 * Math.sin((2 * Math.PI * 440 * index) / RATE) * (2 ** (bits - 1) - 1));
    bytes.writeIntLE(value, (index * bits) / 8, bits / 8);
  }
  return bytes;
}
/** AIFF has the greatest byte first. */
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

/** A file in each of these formats: what they hold, what they declare, and what was said. */
async function results(name: string, bytes: Buffer, formats: readonly FormatName[], strict = false) {
  const source = await bench.write(name, bytes);
  const made = [];
  for (const format of formats) made.push({ format, ...(await bench.verified(source, format, { strict })) });
  const measured = await measureAll(made.map(({ file }) => file));
  return made.map(({ format, facts, warnings }, index) => ({
    ...{ format, declared: facts.durationSeconds, warnings },
    seconds: measured[index]?.seconds ?? 0,
    rms: measured[index]?.rms ?? 0,
  }));
}

async function result(name: string, bytes: Buffer, format: FormatName, strict = false) {
  const [only] = await results(name, bytes, [format], strict);
  return { seconds: only?.seconds, warnings: only?.warnings };
}

/** What a sine at half of full scale has; noise would have more, a misread sample far less. */
const isTone = (rms: number): boolean => rms > 0.33 && rms < 0.37;
/** How long a result may be off. M4A decodes to its last whole frame of 1024 samples. */
const slackOf = (format: FormatName): number => (format === 'm4a' ? 1_200 / RATE : 0.02);

describe('a header that was frozen while the recorder went on', () => {
  const second = tone(RATE, 16);
  const three = tone(3 * RATE, 16);
  const frozen: readonly [string, Buffer][] = [
    ['short.wav', wav(second.length, three)],
    ['short.rf64.wav', rf64(second.length, three)],
    ['short.w64', w64(second.length, three)],
    ['short.aiff', aiff(second.length, swapped(three))],
    ['short.caf', caf(second.length, three)],
    ['short.rifx.wav', rifx(second.length, swapped(three))],
  ];
  test.concurrent.each(frozen.map((each, turn) => [...each, turn] as const))(
    '%s',
    async (name, bytes, turn) => {
      const made = await results(name, bytes, tellingFormats(turn), true);
      for (const { format, seconds, declared, rms, warnings } of made) {
        expect(Math.abs(seconds - 3), format).toBeLessThan(slackOf(format));
        expect(declared, format).toBeCloseTo(3, 1);
        expect(isTone(rms), format).toBe(true);
        expect(warnings.filter((code) => code !== 'RESAMPLED')).toEqual(['TRAILING_DATA']);
      }
    },
  );

  test('QuickTime’s ADPCM in AIFF-C', async () => {
    const source = ['-f', 'lavfi', '-i', 'sine=r=44100:d=3', '-c:a', 'adpcm_ima_qt', '-f', 'aiff'];
    const bytes = await readFile(await bench.make('ima4.aifc', source));
    bytes.writeUInt32BE(34 * 500 + 8, bytes.indexOf('SSND') + 4);
    const { seconds, warnings } = await result('short-ima4.aifc', bytes, 'flac');
    expect(seconds).toBeCloseTo(3, 1);
    expect(warnings).toEqual(['TRAILING_DATA']);
  });

  test('a chunk behind the sound is no sound', async () => {
    const list = Buffer.concat([Buffer.from('LIST'), Buffer.from([12, 0, 0, 0]), Buffer.alloc(12, 0x61)]);
    const { seconds, warnings } = await result(
      'list.wav',
      wav(second.length, Buffer.concat([second, list])),
      'flac',
    );
    expect({ seconds, warnings }).toEqual({ seconds: 1, warnings: [] });
  });

  test('a header that promises hours in a tiny file costs nothing and is no reason to refuse', async () => {
    const { facts, promisedSeconds } = await bench.probeFile(wav(0x7ffe_0000, second));
    expect(facts.durationSeconds).toBe(1);
    expect(promisedSeconds).toBeGreaterThan(36 * 3600);
    expect((await result('hours.wav', wav(0x7ffe_0000, second), 'mp3')).seconds).toBeCloseTo(1, 2);
  });
});

/** What a recorder leaves that did not come to its end: no lengths at all. */
test.concurrent.each<[string, Buffer]>([
  ['unfinished.wav', wav(0, tone(RATE, 16))],
  ['unfinished.rf64.wav', rf64(0, tone(RATE, 16))],
  ['unfinished.w64', withZeros(w64(0, tone(RATE, 16)), 16, 8)],
  ['unfinished.aiff', withZeros(aiff(0, swapped(tone(RATE, 16))), 4, 4)],
  ['unfinished.caf', caf(-5, tone(RATE, 16))],
  // An RF64 whose long sizes are missing.
  ['without-ds64.wav', Buffer.concat([Buffer.from('RF64'), wav(0xffff_ffff, tone(RATE, 16)).subarray(4)])],
])('a header that was never finished: %s', async (name, bytes) => {
  const [made] = await results(name, bytes, ['flac'], true);
  expect(made).toEqual({ format: 'flac', declared: 1, seconds: 1, rms: made?.rms, warnings: [] });
  expect(isTone(made?.rms ?? 0)).toBe(true);
});

function withZeros(bytes: Buffer, at: number, length: number): Buffer {
  return Buffer.from(bytes).fill(0, at, at + length);
}

test('AU with a length of more than 2 GiB is read to its end', async () => {
  const numbers = [24, 0xc000_0000, 3, RATE, 1].map((number) => Buffer.from(u32(number)).reverse());
  const bytes = Buffer.concat([Buffer.from('.snd'), ...numbers, swapped(tone(RATE, 16))]);
  expect((await result('long.au', bytes, 'flac')).seconds).toBe(1);
});

test.each(['adpcm_ms', 'adpcm_ima_wav'])('an average bitrate is no promise: %s', async (codec) => {
  const source = ['-f', 'lavfi', '-i', 'sine=r=44100:d=2', '-c:a', codec];
  const bytes = await readFile(await bench.make(`${codec}.wav`, source));
  bytes.writeUInt32LE(0, bytes.indexOf('data') + 4);
  const { plan, facts } = await bench.verified(await bench.write(`unfinished-${codec}.wav`, bytes), 'flac');
  expect(facts.durationSeconds).toBeCloseTo(2, 1);
  expect(plan.expectedSlackSeconds).toBe(Number.POSITIVE_INFINITY);
});

/** What FFmpeg makes noise of without a word. */
test.concurrent.each<[string, Buffer]>([
  ['rifx.wav', rifx(2 * RATE, swapped(tone(RATE, 16)))],
  ['counted.rifx.wav', rifx(2 * RATE, swapped(tone(RATE, 16)), 'counted')],
  ['extensible.rifx.wav', rifx(2 * RATE, swapped(tone(RATE, 16)), 'extensible')],
  ['sowt-8.aifc', aifc('sowt', RATE, tone(RATE, 8), 8)],
  ['sowt-24.aifc', aifc('sowt', 3 * RATE, tone(RATE, 24), 24)],
  ['sowt-32.aifc', aifc('sowt', 4 * RATE, tone(RATE, 32), 32)],
])('samples whose bytes lie the other way round: %s', async (name, bytes) => {
  const depth = Number(/\d+/.exec(name)?.[0] ?? 16);
  const [made] = await results(name, bytes, ['flac'], true);
  const warnings = depth === 32 ? ['BIT_DEPTH_REDUCED'] : [];
  expect(made).toEqual({ format: 'flac', declared: 1, seconds: 1, rms: made?.rms, warnings });
  expect(isTone(made?.rms ?? 0)).toBe(true);
  expect((await bench.probeFile(bench.path(name))).facts.bitDepth).toBe(depth);
});

test.each(['plain', 'counted', 'extensible'] as const)(
  'RIFX with a format that is %s has its tags',
  async (format) => {
    const title = Buffer.from('TIT2\0\0\0\x05\0\0\x03Wave', 'latin1');
    const id3 = Buffer.concat([
      Buffer.from('ID3\x04\0\0\0\0\0', 'latin1'),
      Buffer.from([title.length]),
      title,
    ]);
    const chunk = Buffer.concat([Buffer.from('ID3 '), Buffer.from(u32(id3.length)).reverse(), id3]);
    const { facts } = await bench.probeFile(
      rifx(200, Buffer.concat([Buffer.alloc(200, 0x81), chunk]), format),
    );
    expect(facts).toMatchObject({ codec: 'pcm_s16le', bitDepth: 16, tags: { title: 'Wave' } });
  },
);

describe('samples that take more room than they have bits', () => {
  const seconds24in32 = tone(2 * RATE, 32);
  for (let at = 0; at < seconds24in32.length; at += 4) seconds24in32[at] = 0;
  const roomy: readonly [string, Buffer, number][] = [
    ['24-in-32.wav', extensible(32, 32, 24, seconds24in32), 24],
    ['16-in-32.wav', extensible(32, 32, 16, seconds24in32), 16],
    ['20-in-24.wav', extensible(24, 24, 20, tone(2 * RATE, 24)), 20],
    ['12-in-16.wav', extensible(16, 16, 12, tone(2 * RATE, 16)), 12],
    ['24-in-32.caf', caf(seconds24in32.length, seconds24in32, 4, 24), 24],
  ];
  test.concurrent.each(roomy.map((each, turn) => [...each, turn] as const))(
    '%s',
    async (name, bytes, depth, turn) => {
      for (const { format, seconds, rms } of await results(name, bytes, tellingFormats(turn))) {
        expect(Math.abs(seconds - 2), format).toBeLessThan(slackOf(format));
        expect(isTone(rms), format).toBe(true);
      }
      expect((await bench.probeFile(bench.path(name))).facts.bitDepth).toBe(depth);
    },
  );
});

describe('very little sound', () => {
  test.concurrent.each<[number, readonly FormatName[]]>([
    [1, formatNames],
    [100, [0, 1, 2].flatMap(tellingFormats)],
  ])('%i samples are a result in every format', async (samples, formats) => {
    const bytes = wav(2 * samples, Buffer.from(u16(...Array.from({ length: samples }, () => 4_096))));
    for (const { format, declared, seconds, warnings } of await results(`${samples}.wav`, bytes, formats)) {
      expect(declared, format).toBeGreaterThan(0);
      expect(seconds, format).toBeGreaterThanOrEqual(samples / RATE);
      if (samples === 1) expect(warnings).toEqual(outputFormat(format).lossless ? [] : ['PADDED']);
    }
  });

  test('none is an error in every format, and the same one', async () => {
    const path = await bench.write('none.wav', wav(0, Buffer.alloc(0)));
    const codes = new Set<unknown>();
    for (const format of formatNames) {
      const error: unknown = await bench.convert(path, format).catch((reason: unknown) => reason);
      codes.add(error instanceof Error && 'code' in error ? error.code : error);
    }
    expect(codes).toEqual(new Set(['NO_DECODABLE_AUDIO']));
  });
});

test('gapless ALAC in CAF is no damage', async () => {
  const source = await bench.make('gapless.caf', ['-f', 'lavfi', '-i', 'sine=r=44100:d=3', '-c:a', 'alac']);
  const { seconds, warnings } = await result('gapless.caf', await readFile(source), 'flac', true);
  expect({ seconds, warnings }).toEqual({ seconds: 3, warnings: [] });
});
