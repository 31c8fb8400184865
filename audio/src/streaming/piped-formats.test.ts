/** The table of what may go through pipes, shown: each source and each result is made both ways. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FormatName, formatNames } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench, roomyLimits } from '../conversion.testing.ts';
import { encoderOf } from '../encoders.ts';
import { folderFiles } from '../folder-files.ts';
import { readPage } from '../probing/ogg-page.ts';
import { SourceFeed } from '../process/source-feed.ts';
import { convertStreamed } from './convert-streamed.ts';
import { isKnownByEnds } from './known-by-ends.ts';
import { canReadPiped } from './piped-formats.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** An odd length; noise, so that nothing is alike by chance. */
const sound = [
  '-f',
  'lavfi',
  '-i',
  'anoisesrc=color=pink:seed=5:sample_rate=44100:duration=3.217',
  '-ac',
  '2',
];
const tags = ['-metadata', 'title=T', '-metadata', 'artist=A'];

/** Name of the file, how FFmpeg makes it, whether its sound is the same from a pipe, and whether it is in the table. */
const sources: [name: string, args: string[], isSame: boolean, isListed: boolean][] = [
  ['plain.wav', [], true, true],
  ['deep.wav', ['-c:a', 'pcm_s24le'], true, true],
  ['float.wav', ['-c:a', 'pcm_f32le'], true, true],
  ['adpcm.wav', ['-c:a', 'adpcm_ms'], true, false],
  ['long.rf64.wav', ['-rf64', 'always'], true, true],
  ['wave.w64', [], true, true],
  ['plain.aiff', ['-write_id3v2', '1'], true, true],
  ['little.aiff', ['-c:a', 'pcm_s16le'], true, true],
  ['pcm.caf', ['-c:a', 'pcm_s16be'], true, true],
  ['alac.caf', ['-c:a', 'alac'], false, false],
  ['free.flac', [], true, true],
  ['vorbis.ogg', ['-c:a', 'libvorbis'], true, true],
  ['flac.ogg', ['-c:a', 'flac'], true, true],
  ['some.opus', ['-c:a', 'libopus'], true, true],
  ['frames.aac', ['-c:a', 'aac'], true, true],
  ['some.webm', ['-c:a', 'libopus'], true, false],
  ['flac.mka', ['-c:a', 'flac'], true, false],
  ['some.mp3', ['-c:a', 'libmp3lame'], false, false],
  // Longer than what FFmpeg keeps of a pipe, in which it can go back.
  ['index-behind.m4a', ['-c:a', 'aac', '-b:a', '320k', '-af', 'aloop=loop=9:size=130000'], false, false],
  ['index-in-front.m4a', ['-c:a', 'aac', '-movflags', '+faststart'], true, false],
];

/** The samples that FFmpeg makes of a file, read as one or by a pipe. */
async function samplesOf(path: string, way: 'file' | 'pipe'): Promise<string> {
  const input = way === 'file' ? path : 'pipe:0';
  const { stdout } = await execa(bench.ffmpeg, ['-v', 'error', '-i', input, '-f', 'md5', '-'], {
    ...(way === 'file' ? { stdin: 'ignore' } : { input: createReadStream(path) }),
    reject: false,
  });
  return stdout;
}

/** The conversion of a job, with the source on stdin; all of it lies in the folder as well, so that nothing depends on ends. */
async function streamed(source: string, format: FormatName, options: ConversionOptions = {}) {
  const probed = await bench.probeFile(source);
  const inFolder = await bench.folderWith(source);
  await inFolder.sandbox.prepareFolder(inFolder.cwd);
  const feed = new SourceFeed(createReadStream(source));
  const limits = roomyLimits(probed.facts.durationSeconds);
  const asked = { output: 'out', input: probed.facts, limits, feed };
  const converted = await convertStreamed(inFolder, probed, { format, options }, asked);
  return { converted, file: join(inFolder.cwd, converted.fileName) };
}

/** Bytes of a result; of Ogg what is in its pages, whose streams have numbers by chance. */
async function contentOf(path: string): Promise<string> {
  const bytes = await readFile(path);
  const hash = createHash('sha256');
  if (bytes.toString('latin1', 0, 4) !== 'OggS') return hash.update(bytes).digest('hex');
  for (let at = 0; at < bytes.length; ) {
    const page = readPage(bytes.subarray(at));
    if (page === undefined) throw new Error(`no page at ${at}`);
    hash.update(`${page.granule} ${page.number} `);
    for (const packet of page.packets) hash.update(packet);
    at += page.bytes.length;
  }
  return hash.digest('hex');
}

describe.each(sources)('%s', (name, args, isSame, isListed) => {
  let path: string;
  beforeAll(async () => {
    path = await bench.make(name, [...sound, ...tags, ...args]);
  });

  test(`a pipe gives ${isSame ? 'the same samples' : 'other samples'} as the file`, async () => {
    const [asFile, asPipe] = [await samplesOf(path, 'file'), await samplesOf(path, 'pipe')];
    expect(asFile).toMatch(/^MD5=/);
    expect(asPipe === asFile).toBe(isSame);
  });

  if (isListed) {
    test('is in the table, and results are the same', async () => {
      expect(canReadPiped((await bench.probeFile(path)).facts)).toBe(true);
      for (const [format, options] of [
        ['wav', {}],
        ['opus', { trimStart: 0.5, trimEnd: 2.25 }],
      ] as const) {
        const asFile = await bench.convert(path, format, options);
        const asStream = await streamed(path, format, options);
        expect(asStream.converted.writtenSeconds).toBe(asFile.encoded.writtenSeconds);
        expect(await contentOf(asStream.file)).toBe(await contentOf(asFile.file));
      }
    });
  } else {
    test('is not in the table, and is not streamed', async () => {
      expect(canReadPiped((await bench.probeFile(path)).facts)).toBe(false);
      await expect(streamed(path, 'wav')).rejects.toMatchObject({ why: 'container' });
    });
  }
});

/** What FFmpeg writes, by our own arguments, to a file or to a pipe. */
async function written(format: FormatName, way: 'file' | 'pipe'): Promise<string> {
  const source = await bench.make('result.wav', sound);
  const { inFolder, plan } = await bench.convert(source, format);
  const { muxer, container, args } = encoderOf(format);
  const path = join(inFolder.cwd, `by-${way}`);
  const to = way === 'file' ? path : 'pipe:1';
  const all = [
    '-v',
    'error',
    '-y',
    '-i',
    source,
    ...args(plan),
    ...(container?.(plan) ?? []),
    '-f',
    muxer,
    to,
  ];
  const { stdout } = await execa(bench.ffmpeg, all, {
    encoding: 'buffer',
    stdin: 'ignore',
    reject: false,
    maxBuffer: 1e8,
  });
  return way === 'file' ? path : await bench.write(`by-pipe.${format}`, Buffer.from(stdout));
}

test('few results are the same through a pipe: all others are files, and so are those whose packets have to be counted', async () => {
  const same: FormatName[] = [];
  for (const format of formatNames) {
    const [asFile, asPipe] = [await written(format, 'file'), await written(format, 'pipe')];
    if ((await contentOf(asFile)) === (await contentOf(asPipe).catch(() => 'none'))) same.push(format);
  }
  expect(same).toEqual(['aac', 'ogg', 'opus', 'ac3', 'eac3']);
  const told = same.filter((format) => !encoderOf(format).length.endsWith('-packets'));
  expect(told).toEqual(['ogg', 'opus']);
});

/** As a probe would see it, with nothing but zeros between head and tail. */
async function isKnown(source: string, headBytes: number, tailBytes: number): Promise<boolean> {
  const probed = await bench.probeFile(source);
  const inFolder = await bench.folderWith(source);
  const file = await open(join(inFolder.cwd, folderFiles.input), 'r+');
  try {
    const { size: sizeBytes } = await file.stat();
    const ends = { headBytes, tailAt: Math.max(headBytes, sizeBytes - tailBytes), sizeBytes };
    await file.write(Buffer.alloc(ends.tailAt - headBytes), 0, ends.tailAt - headBytes, headBytes);
    return await isKnownByEnds(file, probed.facts.container, ends);
  } finally {
    await file.close();
  }
}

describe('a source is known by its ends', () => {
  const longTag = ['-metadata', `comment=${'x'.repeat(40_000)}`];
  test.each(sources.filter(([, , , isListed]) => isListed))(
    '%s: with its tags in them, and not with tags between',
    async (name, args) => {
      const usual = await bench.make(`usual-${name}`, [...sound, ...tags, ...args]);
      // Of FLAC in Ogg the first page of sound alone is of 64 KB.
      await expect(isKnown(usual, name === 'flac.ogg' ? 80_000 : 16_384, 4_096)).resolves.toBe(true);
      const canHoldTags = !/w64|caf|aac/.test(name);
      if (!canHoldTags) return;
      const tagged = await bench.make(`tagged-${name}`, [...sound, ...longTag, ...args]);
      // WAV and AIFF have them on either side of the sound, by who wrote them.
      await expect(isKnown(tagged, 16_384, 4_096)).resolves.toBe(false);
      const { size } = await stat(tagged);
      await expect(isKnown(tagged, Math.min(size - 4_096, 160_000), 65_536)).resolves.toBe(true);
    },
  );

  test('a WAV that is cut off, or goes on behind its end, is not', async () => {
    const whole = await readFile(await bench.make('whole.wav', sound));
    const cut = await bench.write('cut.wav', whole.subarray(0, 400_000));
    await expect(isKnown(cut, 16_384, 4_096)).resolves.toBe(false);
    const longer = await bench.write('longer.wav', Buffer.concat([whole, whole.subarray(44, 200_000)]));
    await expect(isKnown(longer, 16_384, 4_096)).resolves.toBe(false);
  });
});
