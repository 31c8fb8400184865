/** Streams that change their shape on the way, and streams with holes: all of the sound is in every result. */
import { readFile } from 'node:fs/promises';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench, roomyLimits } from '../conversion.testing.ts';
import { convert } from '../convert.ts';
import { probe } from '../probing/probe.ts';
import { measure, measureAll } from '../samples.testing.ts';
import { tellingFormats } from '../telling-formats.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** A part of a stream: Hz of its tone, rate and channels. */
type Part = readonly [tone: number, sampleRate: number, channels: number];
const SECONDS = 1;

/** One file after the other, as podcast hosts, TV cards and radio streams write them. One FFmpeg makes all of them. */
async function joined(name: string, parts: readonly Part[], codec: readonly string[]): Promise<string> {
  const ending = name.slice(name.lastIndexOf('.'));
  const files = parts.map((_, index) => bench.path(`${name}.${index}${ending}`));
  await execa('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-y'],
    ...parts.flatMap(([tone, rate]) => ['-f', 'lavfi', '-i', `sine=f=${tone}:r=${rate}:d=${SECONDS}`]),
    ...parts.flatMap(([, , channels], index) => [
      ...['-map', String(index), '-ac', String(channels), ...codec, files[index] ?? ''],
    ]),
  ]);
  return await bench.write(name, Buffer.concat(await Promise.all(files.map((file) => readFile(file)))));
}

const changing: readonly Part[] = [
  [440, 44_100, 1],
  [660, 44_100, 2],
  [880, 48_000, 2],
];
const rising: readonly Part[] = [
  [440, 16_000, 2],
  [660, 48_000, 2],
  [880, 48_000, 2],
];
const surround: readonly Part[] = [
  [440, 48_000, 2],
  [660, 48_000, 6],
  [880, 48_000, 2],
];
/** Each way in which a stream of its kind changes; all add up to 3 s and the padding of their frames. */
const kinds: Record<string, readonly [parts: readonly Part[], codec: readonly string[]]> = {
  'splice.mp3': [changing, ['-b:a', '128k']],
  'radio.aac': [changing, ['-c:a', 'aac']],
  'tv.ac3': [surround, ['-c:a', 'ac3']],
  'tv.ts': [surround, ['-c:a', 'ac3', '-f', 'mpegts']],
  'chain.ogg': [changing, ['-c:a', 'libvorbis', '-f', 'ogg']],
  'chain.oga': [changing, ['-c:a', 'flac', '-f', 'ogg']],
  // The first part has the smallest blocks.
  'blocks.oga': [rising, ['-c:a', 'flac', '-f', 'ogg']],
};

/** What results hold, decoded and declared, and how loud they are. */
async function resultsOf(source: string, formats: readonly FormatName[], options: ConversionOptions = {}) {
  const made = [];
  for (const format of formats) made.push({ format, ...(await bench.verified(source, format, options)) });
  const measured = await measureAll(made.map(({ file }) => file));
  return made.map(({ format, facts, warnings }, index) => {
    const { seconds: decoded = 0, rms = 0 } = measured[index] ?? {};
    return { format, decoded, declared: facts.durationSeconds, rms, warnings, facts };
  });
}

/** What one result declares. */
async function resultOf(source: string, format: FormatName, options: ConversionOptions = {}) {
  const { facts, warnings } = await bench.verified(source, format, options);
  return { declared: facts.durationSeconds, warnings, facts };
}

describe('a stream that changes rate or layout is converted whole', () => {
  test.concurrent.each(Object.keys(kinds).map((name, turn) => [name, turn] as const))(
    '%s',
    async (name, turn) => {
      const [parts, codec] = kinds[name] ?? expect.fail();
      const source = await joined(name, parts, codec);
      const faults: string[] = [];
      for (const { format, decoded, declared, rms, warnings } of await resultsOf(
        source,
        tellingFormats(turn),
      )) {
        // MP3 and AAC parts bring up to 50 ms of priming each; none of it may be lost, and no more be added.
        for (const [what, seconds] of Object.entries({ decoded, declared })) {
          if (seconds < 3 * SECONDS - 0.01 || seconds > 3 * SECONDS + 0.25)
            faults.push(`${format}: ${what} ${seconds} s`);
        }
        if (rms < 0.05) faults.push(`${format}: level ${rms}`);
        if (!warnings.includes('SHAPE_CHANGED')) faults.push(`${format}: ${warnings.join()}`);
        if (warnings.some((code) => /TRUNCATED|DIFFERS/.test(code)))
          faults.push(`${format}: ${warnings.join()}`);
      }
      expect(faults).toEqual([]);
    },
  );

  test.each([
    ['Vorbis', 0, ['-c:a', 'libvorbis']],
    ['Opus', 1, ['-c:a', 'libopus']],
    ['FLAC of 24 bits', 2, ['-c:a', 'flac', '-sample_fmt', 's32', '-bits_per_raw_sample', '24']],
  ] as const)(
    'a chain of one shape in Ogg is no damage, however long its links are: %s',
    async (name, turn, codec) => {
      // Beyond 64 KB FFmpeg meets the last link first, where it looks for the end.
      const noise = ['-f', 'lavfi', '-i', 'anoisesrc=r=48000:d=10:a=0.3', '-ac', '2', '-f', 'ogg', ...codec];
      const made = ['first', 'second'].map((link) => bench.make(`${name}.${link}.ogg`, noise));
      // Each has a serial number of its own, by chance.
      const links = await Promise.all(made.map(async (link) => await readFile(await link)));
      expect(Math.min(...links.map(({ length }) => length))).toBeGreaterThan(70_000);
      const source = await bench.write(`${name}.ogg`, Buffer.concat(links));
      for (const format of tellingFormats(turn)) {
        const { facts, encoded, warnings } = await bench.verified(source, format, { strict: true });
        expect(
          { damaged: encoded.damaged, told: warnings.filter((code) => code !== 'CLIPPED') },
          format,
        ).toEqual({
          damaged: false,
          told: [],
        });
        expect(Math.abs((facts.durationSeconds ?? 0) - 20), format).toBeLessThan(0.08);
      }
    },
  );

  test('a link with larger blocks than the first one has is not thrown away', async () => {
    const links = await Promise.all(
      ['1024', '4608'].map(async (samples, index) => {
        const sine = ['-f', 'lavfi', '-i', `sine=f=${440 + 220 * index}:r=48000:d=1`];
        const codec = ['-c:a', 'flac', '-frame_size', samples, '-f', 'ogg'];
        return await readFile(await bench.make(`${samples}.oga`, [...sine, ...codec]));
      }),
    );
    const source = await bench.write('sizes.oga', Buffer.concat(links));
    for (const { format, decoded, declared, warnings } of await resultsOf(source, tellingFormats(0), {
      strict: true,
    })) {
      expect([Math.abs(decoded - 2) < 0.06, Math.abs((declared ?? 0) - 2) < 0.06, warnings], format).toEqual([
        ...[true, true, []],
      ]);
    }
  });

  test('a cut counts across the changes, from either side and to the end', async () => {
    const source = await joined('cut.mp3', changing, ['-b:a', '128k']);
    for (const format of ['m4a', 'opus', 'flac'] as const) {
      const middle = await resultOf(source, format, { trimStart: 0.5, trimEnd: 2.5 });
      expect(middle.declared).toBeCloseTo(2, 1);
      const rest = await resultOf(source, format, { trimStart: 2.5 });
      expect(rest.declared).toBeGreaterThan(0.5);
      expect(rest.declared).toBeLessThan(0.75);
    }
  });

  test('silence that is left out, fades and a loudness are found across the changes', async () => {
    const parts = await joined('levels.mp3', changing, ['-b:a', '128k']);
    const quiet = await bench.make('quiet.mp3', [
      ...['-f', 'lavfi', '-i', 'anullsrc=r=44100:cl=stereo', '-t', '1', '-b:a', '128k'],
    ]);
    const source = await bench.write(
      'silence.mp3',
      Buffer.concat([await readFile(parts), await readFile(quiet)]),
    );
    const { declared, warnings } = await resultOf(source, 'm4a', {
      silence: 'trim',
      fadeOut: 0.2,
      loudness: { target: -20 },
    });
    expect(declared).toBeGreaterThan(2.9);
    expect(declared).toBeLessThan(3.3);
    expect(warnings).toContain('SHAPE_CHANGED');
  });

  test('the shape that most of it has is kept: a mono advert in front does not make a show mono', async () => {
    const source = await joined(
      'advert.mp3',
      [
        [440, 44_100, 1],
        [660, 48_000, 2],
        [880, 48_000, 2],
      ],
      ['-b:a', '128k'],
    );
    const { facts } = await resultOf(source, 'flac');
    expect(facts).toMatchObject({ channels: 2, sampleRate: 48_000 });
  });

  test('strict is about damage: a change of shape is none', async () => {
    const source = await joined('strict.ac3', surround, ['-c:a', 'ac3']);
    const { declared, warnings } = await resultOf(source, 'm4a', { strict: true });
    expect(declared).toBeGreaterThan(2.98);
    expect(warnings).toContain('SHAPE_CHANGED');
  });

  test('a decoder that dies on the way is a failure, though the encoder ends well', async () => {
    const source = await joined('dies.mp3', changing, ['-b:a', '128k']);
    const bytes = await readFile(source);
    const tools = await bench.folderWith(bytes);
    // Stands for FFmpeg: the process that decodes dies in the middle of its work, by a signal.
    const dying = await bench.scripted(
      tools,
      'case "$*" in *pipe:1*) ffmpeg "$@" | head -c 400000; kill -SEGV $$ ;; *) exec ffmpeg "$@" ;; esac',
    );
    const probed = await probe(tools);
    const converting = convert(
      dying,
      probed,
      { format: 'flac', options: {} },
      { output: 'out', input: probed.facts, limits: roomyLimits(10) },
    );
    await expect(converting).rejects.toMatchObject({ code: 'DECODER_CRASHED' });
  });
});

describe('holes in time', () => {
  test('pauses that Opus does not send are silence', async () => {
    const opus = await bench.make('holes.opus', [
      ...['-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=5', '-ac', '1', '-c:a', 'libopus'],
    ]);
    const source = await bench.make('holes.webm', [
      ...['-i', opus, '-c', 'copy', '-bsf:a', String.raw`noise=drop='gt(mod(n\,50)\,25)'`],
    ]);
    const faults: string[] = [];
    for (const { format, decoded, declared, warnings } of await resultsOf(source, [
      ...tellingFormats(0),
      ...tellingFormats(2),
    ])) {
      for (const [what, seconds] of Object.entries({ decoded, declared })) {
        if (Math.abs(seconds - 5) > 0.07) faults.push(`${format}: ${what} ${seconds} s`);
      }
      // Telephony has one rate.
      const unforeseen = warnings.filter((code) => code !== 'RESAMPLED');
      if (unforeseen.length > 0) faults.push(`${format}: ${unforeseen.join()}`);
    }
    expect(faults).toEqual([]);
    const part = await bench.convert(source, 'wav', { trimStart: 3, trimEnd: 4.5, strict: true });
    expect((await measure(part.file)).seconds).toBeCloseTo(1.5, 3);
  });

  test.each([
    ['plain.mkv', ['-c:a', 'libopus']],
    ['plain.webm', ['-c:a', 'libvorbis']],
    ['plain.m4a', ['-c:a', 'aac']],
  ])('without holes not a sample is changed: %s', async (name, codec) => {
    const source = await bench.make(name, [
      ...['-f', 'lavfi', '-i', 'anoisesrc=r=48000:d=3:a=0.3:seed=7', ...codec],
    ]);
    // Dither is another noise each time.
    const { file } = await bench.convert(source, 'wav', { dither: false });
    // By the FFmpeg under test: another version decodes lossy formats to other samples.
    const bare = bench.path(`${name}.wav`);
    await execa(bench.ffmpeg, ['-v', 'error', '-i', source, '-c:a', 'pcm_s16le', '-bitexact', bare]);
    const [ours, theirs] = await Promise.all([readFile(file), readFile(bare)]);
    const dataOf = (wav: Buffer) => wav.subarray(wav.indexOf('data') + 8);
    expect(dataOf(ours).equals(dataOf(theirs))).toBe(true);
  });
});
