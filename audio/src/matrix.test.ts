/** Every kind of input, and the rates and channels that formats differ in. */
import { type FormatName, formatNames, outputFormat } from '@wavefleet/contracts/formats.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';
import { planConversion } from './plan/plan.ts';
import type { ProbedSource } from './probing/source.ts';
import { type Measured, measure, measureAll } from './samples.testing.ts';
import { tellingFormats } from './telling-formats.testing.ts';
import { tone } from './written-sound.testing.ts';

const SECONDS = 1.2;
const video = ['-f', 'lavfi', '-i', `testsrc=s=160x120:r=10:d=${SECONDS}`];
const stereo = ['-f', 'lavfi', '-i', `aevalsrc=0.3*sin(2*PI*t*220)|0.3*sin(2*PI*t*280):s=44100:d=${SECONDS}`];

/** Every kind of input, 44.1 kHz stereo (Opus: 48 kHz), and how FFmpeg makes it. */
const kinds: Record<string, readonly string[]> = {
  'wav.wav': stereo,
  'mp3.mp3': stereo,
  'moov-end.m4a': [...stereo, '-c:a', 'aac'],
  'moov-front.m4a': [...stereo, '-c:a', 'aac', '-movflags', '+faststart'],
  'alac.m4a': [...stereo, '-c:a', 'alac'],
  'flac.flac': stereo,
  'vorbis.ogg': [...stereo, '-c:a', 'libvorbis'],
  'opus.opus': [...stereo, '-c:a', 'libopus'],
  'aiff.aiff': stereo,
  'wma.wma': [...stereo, '-c:a', 'wmav2'],
  'webm.webm': [...video, ...stereo, '-map', '0:v', '-map', '1:a', '-c:v', 'libvpx', '-c:a', 'libopus'],
  'video.mp4': [...video, ...stereo, '-map', '0:v', '-map', '1:a', '-c:v', 'libx264', '-c:a', 'aac'],
};

const codecOf = (format: FormatName): RegExp =>
  outputFormat(format).codec === 'pcm' ? /^pcm_s/ : new RegExp(`^${outputFormat(format).codec}$`);

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** What a result must be; `warnings` are the codes that must come with it. */
interface Expected {
  readonly sampleRate: number;
  readonly channels: number;
  readonly seconds: number;
  readonly warnings: string;
}

/** Converts to each of these formats, measures, and says what is wrong. */
async function findFaults(
  source: string,
  known: ProbedSource,
  expected: ReadonlyMap<FormatName, Expected>,
): Promise<string> {
  const results = [];
  for (const [format, wanted] of expected) {
    results.push({ format, wanted, ...(await bench.verified(source, format)) });
  }
  const decoded = await measureAll(results.map(({ file }) => file));
  return results
    .flatMap((result, index) =>
      faultsOf(result, decoded[index], known).map((fault) => `${result.format}: ${fault}`),
    )
    .join('\n');
}

type Result = Awaited<ReturnType<typeof bench.verified>> & {
  readonly format: FormatName;
  readonly wanted: Expected;
};

function faultsOf(
  { format, wanted, facts, warnings, encoded }: Result,
  decoded: Measured | undefined,
  known: ProbedSource,
): string[] {
  if (decoded === undefined) return ['not decoded'];
  const declaredLate = facts.durationSeconds - wanted.seconds;
  const decodedLate = decoded.seconds - wanted.seconds;
  // M4A declares where its sound ends, but FFmpeg 5.1 plays the whole last AAC frame.
  const isMp4 = format === 'm4a' || format === 'm4b';
  const extraSamples = isMp4 ? 1_024 : outputFormat(format).undeclaredSamples;
  const decodedSlack = 0.05 + extraSamples / facts.sampleRate;
  const checks: [boolean, string][] = [
    [codecOf(format).test(facts.codec), `codec ${facts.codec}`],
    [facts.sampleRate === wanted.sampleRate, `rate ${facts.sampleRate}`],
    [decoded.sampleRate === wanted.sampleRate, `decoded rate ${decoded.sampleRate}`],
    [facts.channels === wanted.channels, `channels ${facts.channels}`],
    [declaredLate > -0.05 && declaredLate < 0.05 + facts.paddingSeconds, `declared ${declaredLate} s late`],
    [decodedLate > -0.05 && decodedLate < decodedSlack, `decoded ${decodedLate} s late`],
    [
      Math.abs(facts.durationSeconds - (encoded.writtenSeconds ?? 0)) < 0.05 + 4096 / facts.sampleRate,
      `counted ${encoded.writtenSeconds}`,
    ],
    [!encoded.damaged, 'damaged'],
    [Math.abs(wanted.seconds - (known.facts.durationSeconds ?? 0)) <= known.durationSlackSeconds, 'slack'],
    [decoded.rms > 0.02, `level ${decoded.rms}`],
    [warnings.join() === wanted.warnings, `warnings ${warnings.join()}`],
  ];
  return checks.filter(([good]) => !good).map(([, fault]) => fault);
}

/** One input of plain samples and one with a picture beside go to every format. */
const toEveryFormat = ['wav.wav', 'video.mp4'];

describe('every input kind, stereo 44.1 kHz', () => {
  test.concurrent.each(Object.keys(kinds).map((kind, turn) => [kind, turn] as const))(
    '%s',
    async (kind, turn) => {
      const source = await bench.make(kind, kinds[kind] ?? []);
      const probed = await bench.probeFile(source);
      expect(probed.facts.hasCover).toBe(false);
      const lossy = probed.facts.bitDepth === 0;
      const seconds = lossy ? (await measure(source)).seconds : SECONDS;
      expect(Math.abs(seconds - SECONDS)).toBeLessThan(0.08);
      const expected = new Map<FormatName, Expected>();
      for (const format of toEveryFormat.includes(kind) ? formatNames : tellingFormats(turn)) {
        const { sampleRates } = outputFormat(format);
        const sampleRate = sampleRates?.length === 1 ? (sampleRates[0] ?? 0) : probed.facts.sampleRate;
        const warnings = sampleRate < probed.facts.sampleRate ? 'RESAMPLED' : '';
        expected.set(format, { sampleRate, channels: 2, seconds, warnings });
      }
      expect(await findFaults(source, probed, expected)).toBe('');
    },
  );
});

type Shape = readonly [rate: number, channels: number, warnings: string];

/**
 * Rate and channels of a 24-bit WAV source; the rate, channels and warnings that the named formats must answer
 * with. With `rest`, all other formats are held to their own plans.
 */
const shapes: readonly (readonly [
  rate: number,
  channels: number,
  expected: Partial<Record<FormatName, Shape>> & { readonly rest?: 'as planned' },
])[] = [
  [
    8_000,
    1,
    {
      mp3: [8_000, 1, ''],
      aac: [8_000, 1, ''],
      m4a: [8_000, 1, ''],
      alac: [8_000, 1, ''],
      ogg: [8_000, 1, ''],
      opus: [48_000, 1, ''],
      flac: [8_000, 1, ''],
      aiff: [8_000, 1, ''],
      webm: [48_000, 1, ''],
      'wav-ulaw': [8_000, 1, ''],
      ac3: [32_000, 1, ''],
    },
  ],
  [
    48_000,
    6,
    {
      mp3: [48_000, 2, 'DOWNMIXED'],
      aac: [48_000, 6, ''],
      m4a: [48_000, 6, ''],
      alac: [48_000, 6, ''],
      ogg: [48_000, 6, ''],
      opus: [48_000, 6, ''],
      flac: [48_000, 6, ''],
      wav: [48_000, 6, ''],
      aiff: [48_000, 6, ''],
      webm: [48_000, 6, ''],
      'wav-alaw': [8_000, 2, 'RESAMPLED,DOWNMIXED'],
      ac3: [48_000, 6, ''],
      eac3: [48_000, 6, ''],
    },
  ],
  [
    192_000,
    2,
    {
      mp3: [48_000, 2, 'RESAMPLED'],
      m4a: [96_000, 2, 'RESAMPLED'],
      alac: [192_000, 2, ''],
      ogg: [192_000, 2, ''],
      opus: [48_000, 2, 'RESAMPLED'],
      flac: [192_000, 2, ''],
      wav: [192_000, 2, ''],
      aiff: [192_000, 2, ''],
    },
  ],
  [96_000, 6, { rest: 'as planned' }],
  [88_200, 2, { mp3: [44_100, 2, 'RESAMPLED'], aac: [88_200, 2, ''] }],
  [
    48_000,
    8,
    {
      m4a: [48_000, 2, 'DOWNMIXED'],
      alac: [48_000, 6, 'DOWNMIXED'],
      ogg: [48_000, 8, ''],
      opus: [48_000, 8, ''],
      ac3: [48_000, 6, 'DOWNMIXED'],
      flac: [48_000, 8, ''],
    },
  ],
  [22_050, 1, { mp3: [22_050, 1, ''], ogg: [22_050, 1, ''] }],
  [
    44_100,
    12,
    {
      mp3: [44_100, 2, 'DOWNMIXED'],
      flac: [44_100, 2, 'DOWNMIXED'],
      wav: [44_100, 12, ''],
      opus: [48_000, 2, 'DOWNMIXED'],
      alac: [44_100, 2, 'DOWNMIXED'],
      ac3: [44_100, 2, 'DOWNMIXED'],
    },
  ],
  [1_000, 1, { mp3: [8_000, 1, ''], ogg: [1_000, 1, ''], opus: [48_000, 1, ''], wav: [1_000, 1, ''] }],
];

function planned(source: ProbedSource, format: FormatName): Shape {
  const { plan, warnings } = planConversion(source, format, undefined, {});
  return [plan.sampleRate, plan.channels, warnings.map(({ code }) => code).join()];
}

describe('other rates and channels', () => {
  test.concurrent.each(shapes)('%i Hz, %i channels', async (rate, channels, expected) => {
    const name = `${rate}-${channels}.wav`;
    const source = await bench.writeSound(name, {
      ...{ sampleRate: rate, seconds: SECONDS, samples: 24 },
      voices: Array.from({ length: channels }, (_, index) => tone(0.3, 220 + 60 * index)),
    });
    const probed = await bench.probeFile(source);
    expect(probed.facts).toMatchObject({ sampleRate: rate, channels, bitDepth: 24 });
    const wanted = new Map<FormatName, Expected>();
    for (const format of formatNames) {
      const shape = expected[format] ?? (expected.rest && planned(probed, format));
      if (shape === undefined) continue;
      const [sampleRate, outChannels, warnings] = shape;
      wanted.set(format, { sampleRate, channels: outChannels, seconds: SECONDS, warnings });
    }
    expect(await findFaults(source, probed, wanted)).toBe('');
  });
});
