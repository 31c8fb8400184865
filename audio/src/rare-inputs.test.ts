/** Sources that few people have, as FFmpeg writes them or as their papers say, whole and damaged. */
import { readFile, writeFile } from 'node:fs/promises';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';
import { measure } from './samples.testing.ts';

const SECONDS = 2;
/** A tenth of full scale, so that rough codecs have room. */
const LEVEL = 0.1;
/** Damaged copies of each. */
const COPIES = 5;

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const made = (rate: number, ...options: string[]) => ({
  rate,
  make: (name: string) => tone(name, rate, options),
});
const tone = (name: string, rate: number, options: readonly string[]) =>
  bench.make(name, [
    ...['-f', 'lavfi', '-i', `aevalsrc='${LEVEL * Math.SQRT2}*sin(440*2*PI*t)':d=${SECONDS}:s=${rate}`],
    ...['-strict', '-2', ...options],
  ]);

const kinds: readonly (readonly [
  name: string,
  codec: string,
  { rate: number; make: (name: string) => Promise<string> },
])[] = [
  ['rm', 'ac3', made(44_100, '-c:a', 'ac3', '-f', 'rm')],
  ['rm', 'ra_144', made(8_000, '-c:a', 'real_144', '-f', 'rm')],
  ['gsm', 'gsm', made(8_000, '-c:a', 'libgsm', '-f', 'gsm')],
  ['adx', 'adpcm_adx', made(44_100, '-f', 'adx')],
  ['ircam', 'pcm_s16le', made(44_100, '-f', 'ircam')],
  ['sox', 'pcm_s32le', made(44_100, '-f', 'sox')],
  ['mmf', 'adpcm_yamaha', made(22_050, '-f', 'mmf')],
  ['mlp', 'mlp', made(48_000, '-c:a', 'mlp', '-f', 'mlp')],
  ['nistsphere', 'pcm_s16le', { rate: 16_000, make: nistSphere }],
  ['xwma', 'wmav2', { rate: 44_100, make: xwma }],
];

describe.each(kinds)('%s with %s', (container, codec, { rate, make }) => {
  let source: string;
  beforeAll(async () => {
    source = await make(`${container}-${codec}`);
  });

  test('is converted, whole', async () => {
    const { file } = await bench.convert(source, 'flac');
    expect((await bench.probeFile(source)).facts).toMatchObject({ container, codec, sampleRate: rate });
    const { seconds, rms } = await measure(file);
    expect(Math.abs(seconds - SECONDS)).toBeLessThan(0.08);
    expect(Math.abs(20 * Math.log10(rms / LEVEL))).toBeLessThan(1);
  });

  test('damaged, it is converted or refused, and nothing crashes or hangs', async () => {
    const whole = await readFile(source);
    const random = seeded(whole.length);
    for (let copy = 0; copy < COPIES; copy += 1) {
      const path = bench.path(`damaged-${container}-${codec}`);
      await writeFile(path, damaged(whole, random));
      const code = await bench.convert(path, 'flac').then(
        () => undefined,
        (error: unknown) => (error instanceof Failure ? error.code : error),
      );
      expect([
        undefined,
        'UNRECOGNISED_FORMAT',
        'CORRUPT_INPUT',
        'NO_DECODABLE_AUDIO',
        'NO_AUDIO_STREAM',
        'UNSUPPORTED_SAMPLE_RATE',
        'UNSUPPORTED_CHANNELS',
        'FORMAT_NOT_ALLOWED',
        'CONVERSION_FAILED',
        'OUTPUT_TOO_LARGE',
      ]).toContain(code);
    }
  });
});

/** Some bytes changed, most of them in the header; sometimes the end is missing. */
function damaged(whole: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(random() < 0.3 ? whole.subarray(0, Math.floor(whole.length * random())) : whole);
  for (let change = 0; change < 12; change += 1) {
    const within = random() < 0.6 ? Math.min(200, copy.length) : copy.length;
    copy[Math.floor(random() * within)] = Math.floor(random() * 256);
  }
  return copy;
}

/** The same figures in every run (Numerical Recipes' linear congruential generator). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** NIST's header of speech corpora: text, 1,024 bytes, then samples. FFmpeg only reads it. */
async function nistSphere(name: string): Promise<string> {
  const pcm = await readFile(await tone('nist.pcm', 16_000, ['-f', 's16le']));
  const fields = [
    `sample_count -i ${pcm.length / 2}`,
    ...['sample_n_bytes -i 2', 'channel_count -i 1', 'sample_byte_format -s2 01', 'sample_rate -i 16000'],
    'sample_coding -s3 pcm',
  ];
  const header = Buffer.alloc(1_024, ' ');
  header.write(`NIST_1A\n   1024\n${fields.join('\n')}\nend_head\n`, 'latin1');
  await writeFile(bench.path(name), Buffer.concat([header, pcm]));
  return bench.path(name);
}

/** What Windows games have: WMA in RIFF, by another name than a WAV with it. */
async function xwma(name: string): Promise<string> {
  const bytes = await readFile(await tone('wma.wav', 44_100, ['-c:a', 'wmav2', '-f', 'wav']));
  bytes.write('XWMA', 8, 'latin1');
  await writeFile(bench.path(name), bytes);
  return bench.path(name);
}

test.each([
  ['amr', '#!AMR\n', [0x3c, 32], [0x44, 6]],
  ['awb', '#!AMR-WB\n', [0x14, 33], [0x4c, 6]],
] as const)(
  'the pauses of a phone, which %s has frames for, last as long as they did',
  async (name, magic, speech, noise) => {
    const frame = ([head, bytes]: readonly [number, number]) => Buffer.alloc(bytes, 0x5a).fill(head, 0, 1);
    const second = Array.from({ length: 50 }, () => frame(speech));
    // Every eighth frame says what the noise is like, those between say nothing.
    const pause = Array.from({ length: 100 }, (_, index) =>
      index % 8 === 0 ? frame(noise) : frame([0x7c, 1]),
    );
    const bytes = Buffer.concat([Buffer.from(magic), ...second, ...pause, ...second]);
    const { file } = await bench.convert(await bench.write(`pauses.${name}`, bytes), 'wav');
    // One frame alone is taken for jitter.
    expect(Math.abs((await measure(file)).seconds - 4)).toBeLessThan(0.03);
  },
);
