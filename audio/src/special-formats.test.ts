/** What is particular to single formats: varying bitrate, audiobooks, floats, telephony, broadcast. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';
import { measure } from './samples.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const noise = (seconds: number) => [
  '-f',
  'lavfi',
  '-i',
  `anoisesrc=r=44100:d=${seconds}:a=0.3:c=pink`,
  '-ac',
  '2',
];

async function look(file: string): Promise<string> {
  const args = ['-v', 'error', '-show_chapters', '-show_format', '-show_streams', '-of', 'compact', file];
  return (await execa('ffprobe', args)).stdout;
}

test('MP3 of varying bitrate: V0 is the largest, each is as long as its source, and none is a constant one', async () => {
  const source = await bench.make('noise.wav', noise(4));
  const sizes: number[] = [];
  for (const quality of ['v0', 'v2', 'v4', 'v9'] as const) {
    const { file, facts, warnings } = await bench.verified(source, 'mp3', {}, quality);
    expect(warnings).toEqual([]);
    expect(facts.durationSeconds).toBeCloseTo(4, 3);
    // LAME's header: "Info" stands for a constant bitrate.
    expect((await readFile(file)).subarray(0, 4_096).includes('Xing')).toBe(true);
    sizes.push((await stat(file)).size);
  }
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
});

test('an audiobook is one by its brand and its media type, and has its chapters', async () => {
  const chapters = [
    ';FFMETADATA1\ntitle=Book',
    ...['Prologue', 'Größe', 'End'].map(
      (title, index) =>
        `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${index * 1000}\nEND=${(index + 1) * 1000}\ntitle=${title}`,
    ),
  ];
  await writeFile(bench.path('chapters.txt'), `${chapters.join('\n')}\n`);
  const source = await bench.make('book.mka', [
    ...noise(3),
    '-i',
    bench.path('chapters.txt'),
    '-map_metadata',
    '1',
  ]);
  const { file, warnings } = await bench.convert(source, 'm4b', { channels: 1 }, '64k');
  expect(warnings).toEqual([]);
  const said = await look(file);
  expect(said).toContain('major_brand=M4B ');
  expect(said).toContain('media_type=2');
  expect(
    [...said.matchAll(/^chapter\|.*start_time=([\d.]+)\|.*title=(.*)$/gm)].map((all) => all.slice(1)),
  ).toEqual([
    ['0.000000', 'Prologue'],
    ['1.000000', 'Größe'],
    ['2.000000', 'End'],
  ]);
});

test.each(['wav', 'caf'] as const)(
  'a float of 32 bits in %s keeps what is above full scale',
  async (format) => {
    const loud = ['-f', 'lavfi', '-i', "aevalsrc='2*sin(440*2*PI*t)':d=1:s=48000", '-c:a', 'pcm_f32le'];
    const source = await bench.make('loud.wav', loud);
    const { file, facts } = await bench.verified(source, format, { bitDepth: 32 });
    expect(facts.codec).toBe('pcm_f32le');
    expect((await measure(file)).rms).toBeCloseTo(Math.SQRT2, 3);
  },
);

test.each([
  ['wav-ulaw', 'pcm_mulaw', 7],
  ['wav-alaw', 'pcm_alaw', 6],
] as const)(
  '%s is what telephony takes: G.711, 8 kHz, 8 bits, in a plain WAV',
  async (format, codec, tag) => {
    const source = await bench.make('speech.wav', noise(1));
    const { file, facts } = await bench.verified(source, format, { channels: 1 });
    expect(facts).toMatchObject({ codec, sampleRate: 8_000, channels: 1 });
    const header = await readFile(file);
    const at = header.indexOf('fmt ') + 8;
    expect([header.readUInt16LE(at), header.readUInt32LE(at + 8), header.readUInt16LE(at + 14)]).toEqual([
      tag,
      8_000,
      8,
    ]);
    expect((await stat(file)).size).toBeLessThan(8_200);
    expect((await bench.convert(source, format, {}, '192k')).warnings).toEqual([
      'RESAMPLED',
      'QUALITY_FIXED',
    ]);
  },
);

/** One sound in one to six channels. */
let many: string[];
beforeAll(async () => {
  const layouts = ['mono', 'stereo', '3.0', '4.0', '5.0(side)', '5.1(side)'];
  many = layouts.map((layout) => bench.path(`${layout}.wav`));
  const outputs = layouts.map((layout, index) => [
    '-af',
    `aformat=channel_layouts=${layout}`,
    many[index] ?? '',
  ]);
  await bench.make('one.wav', [...noise(0.5).slice(0, 4), ...outputs.flat()]);
});

test.each(['ac3', 'eac3'] as const)(
  '%s in each number of channels, at its least bitrate, at every rate',
  async (format) => {
    for (const [index, source] of many.entries()) {
      const channels = index + 1;
      for (const sampleRate of [32_000, 44_100, 48_000] as const) {
        const { facts, encoded } = await bench.verified(source, format, { sampleRate }, '32k');
        expect(facts, `${channels} channels, ${sampleRate} Hz`).toMatchObject({
          codec: format,
          channels,
          sampleRate,
        });
        expect(encoded.damaged).toBe(false);
      }
    }
  },
);
