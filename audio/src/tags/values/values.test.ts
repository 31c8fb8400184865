/** Tags of several values, in every tag system that has them: read, carried, and written. */
import { open, readFile, writeFile } from 'node:fs/promises';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from '../../conversion.testing.ts';
import { tagWarnings } from '../tag-warnings.ts';
import { apeTag, asfObject, id3Tag, withComments, withoutId3 } from '../tagged.testing.ts';
import { asfTexts } from './asf.ts';
import { id3Texts } from './id3.ts';
import { readSeveralValues, windowed } from './read-values.ts';
import type { TagPair } from './tag-pair.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
let flac: Buffer;
let mp3: Buffer;
let wavpack: Buffer;
beforeAll(async () => {
  bench = await makeBench();
  const sine = ['-f', 'lavfi', '-i', 'sine=r=44100:d=0.5'];
  flac = await readFile(await bench.make('plain.flac', sine));
  wavpack = await readFile(await bench.make('plain.wv', sine));
  mp3 = withoutId3(await readFile(await bench.make('plain.mp3', sine)));
});
afterAll(() => bench.remove());

const several = { artist: ['Ana', 'Ben; & Co'], genre: ['Jazz', 'Söul'] };
const comments = ['ARTIST=Ana', 'ARTIST=Ben; & Co', 'GENRE=Jazz', 'Genre=Söul', 'TITLE=T', 'ALBUM=A'];

/** Tags and values, as a probe of the file says. */
async function tagsOf(source: string | Buffer) {
  const { tags, tagValues } = (await bench.probeFile(source)).facts;
  return { tags, tagValues };
}

describe('read from', () => {
  const utf16 = (text: string) => Buffer.concat([Buffer.of(1, 0xff, 0xfe), Buffer.from(text, 'utf16le')]);
  const latin1 = (text: string) => Buffer.from(`\0${text}`, 'latin1');
  const utf8 = (text: string) => Buffer.from(`\x03${text}`);
  const picture: [string, Buffer] = ['APIC', Buffer.alloc(200_000, 1)];

  test.each<[string, () => Buffer]>([
    ['Vorbis comments', () => withComments(flac, comments)],
    [
      'FLAC behind ID3',
      () => Buffer.concat([id3Tag(4, [['TPE1', utf8('No\0ne')]]), withComments(flac, comments)]),
    ],
    [
      'ID3v2.4',
      () =>
        Buffer.concat([
          id3Tag(4, [picture, ['TPE1', utf8('Ana\0Ben; & Co')], ['TCON', utf8('Jazz\0Söul\0')]]),
          mp3,
        ]),
    ],
    [
      'ID3v2.3 in UTF-16 and Latin-1',
      () =>
        Buffer.concat([
          id3Tag(3, [
            ['TPE1', utf16('Ana\0\uFEFFBen; & Co\0')],
            ['TCON', latin1('Jazz\0Söul')],
          ]),
          mp3,
        ]),
    ],
    [
      'ID3v2.2, each value in a frame',
      () =>
        Buffer.concat([
          id3Tag(2, [
            ['TP1', latin1('Ana')],
            ['TP1', latin1('Ben; & Co')],
            ['TCO', latin1('Jazz')],
            ['TCO', latin1('Söul')],
          ]),
          mp3,
        ]),
    ],
    [
      'APEv2',
      () =>
        Buffer.concat([
          wavpack,
          apeTag([
            ['Artist', 'Ana\0Ben; & Co'],
            ['Genre', 'Jazz\0Söul'],
          ]),
        ]),
    ],
  ])('%s', async (_, file) => {
    const found = await tagsOf(file());
    expect(found.tagValues).toEqual(several);
    expect(found.tags).toMatchObject({ artist: 'Ana; Ben; & Co', genre: 'Jazz; Söul' });
  });

  test('ID3v2.3 that is unsynchronised as a whole, of which FFmpeg loses the rest', async () => {
    const bytes = id3Tag(
      3,
      [
        ['TPE1', utf16('Ana\0\uFEFFBen; & Co')],
        ['TCON', latin1('Jazz\0Söul')],
      ],
      0x80,
    );
    const read = async (at: number, length: number) => bytes.subarray(at, at + length);
    const pairs: TagPair[] = [];
    for await (const pair of id3Texts(read, 0)) pairs.push(pair);
    expect(pairs).toEqual([
      ...several.artist.map((value) => ['artist', value]),
      ...several.genre.map((value) => ['genre', value]),
    ]);
  });

  test('ASF', () => {
    const attributes = [['WM/Genre', 'Jazz'] as const, ['WM/Genre', 'Söul'] as const];
    const read = [
      ['genre', 'Jazz'],
      ['genre', 'Söul'],
    ];
    expect(asfTexts(asfObject('short', attributes))).toEqual(read);
    expect(asfTexts(asfObject('long', attributes))).toEqual(read);
  });

  test('one value, or twice the same, is no list', async () => {
    expect(await tagsOf(withComments(flac, ['ARTIST=Ana;Ben', 'GENRE=Jazz', 'GENRE=Jazz']))).toEqual({
      tags: { artist: 'Ana;Ben', genre: 'Jazz;Jazz' },
      tagValues: undefined,
    });
  });

  test('sizes that lie are passed over', async () => {
    const lying = withComments(flac, comments);
    lying.writeUInt32LE(0xfffffff0, lying.indexOf('GENRE=Jazz') - 4);
    await expect(bench.probeFile(lying)).resolves.toBeDefined();
    const frames = id3Tag(4, [['TPE1', utf8('Ana\0Ben')]]);
    frames.writeUInt32BE(0x7f7f7f7f, 14);
    expect((await tagsOf(Buffer.concat([frames, mp3]))).tagValues).toBeUndefined();
  });
});

/** The same numbers on each run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('tags of nothing but values cost what few do', () => {
  const wavOf = (tag: Buffer): Buffer => {
    const head = Buffer.from('RIFF\0\0\0\0WAVEID3 \0\0\0\0', 'latin1');
    head.writeUInt32LE(tag.length, 16);
    return Buffer.concat([head, tag]);
  };
  const artists: [string, string[]][] = [['artist', ['a', 'b']]];
  const short = Buffer.from(`\0${'a\0b\0'.repeat(16_000)}`);
  const long = Buffer.from(`\0${'x'.repeat(64_000)}`);

  test.each<[string, Buffer, [string, string[]][]]>([
    ['an MP3 of 300 texts, each of 32,000 values', id3Tag(3, Array(300).fill(['TPE1', short])), artists],
    ['a WAV of them', wavOf(id3Tag(3, Array(300).fill(['TPE1', short]))), artists],
    ['an MP3 of 1,000 long texts', id3Tag(3, Array(1_000).fill(['TPE1', long])), []],
    ['an APE tag of 300 such texts', apeTag(Array(300).fill(['Artist', 'a\0b\0'.repeat(16_000)])), artists],
  ])('%s', async (_, file, found) => {
    let bytesRead = 0;
    const read = async (at: number, length: number) => {
      bytesRead += length;
      return file.subarray(at, at + length);
    };
    expect([...(await readSeveralValues(read, file.subarray(0, 16), file.length))]).toEqual(found);
    // The rest is not even read.
    expect(bytesRead).toBeLessThan(5 * 1024 * 1024);
  });
});

test('damaged, cut off or full of lies: the readers end, and never throw', async () => {
  const known = await severalOf();
  const kinds: Buffer[] = [Buffer.concat([wavpack, apeTag([['Artist', 'Ana\0Ben']])])];
  for (const format of ['flac', 'ogg', 'opus', 'mp3', 'm4a', 'aiff', 'wav'] as const) {
    const { file } = await bench.convert(bench.path('plain.flac'), format, {}, undefined, known);
    kinds.push(await readFile(file));
  }
  const asf = Buffer.concat([Buffer.from('3026b2758e66cf11', 'hex'), Buffer.alloc(22)]);
  const attributes = [['WM/Genre', 'Jazz'] as const, ['WM/Genre', 'Soul'] as const];
  kinds.push(Buffer.concat([asf, asfObject('short', attributes), asfObject('long', attributes)]));
  const random = seeded(7);
  for (const whole of kinds) {
    for (let turn = 0; turn < 400; turn += 1) {
      const bytes = Buffer.from(whole.subarray(0, turn % 4 === 0 ? random(whole.length) : undefined));
      for (let change = random(6); change > 0 && bytes.length > 0; change -= 1) {
        // Most of what the readers read is at the start or the end.
        const at = random(Math.min(bytes.length, 600));
        bytes[random(2) === 0 ? at : bytes.length - 1 - at] = [0, 0xff, 0x7f, random(256)][random(4)] ?? 0;
      }
      const read = async (at: number, length: number) => bytes.subarray(Math.max(0, at), at + length);
      await readSeveralValues(read, bytes.subarray(0, 4_096), bytes.length);
    }
  }
});

test('a file that is all tags is given up in time', async () => {
  // 2,000 lists of 1,000 empty texts each: 16 MB, and four million places to look at.
  const list = Buffer.concat([
    Buffer.from('INFO'),
    ...Array.from({ length: 1_000 }, () => Buffer.from('IART\0\0\0\0')),
  ]);
  const head = Buffer.alloc(8);
  head.write('LIST', 'latin1');
  head.writeUInt32LE(list.length, 4);
  const path = bench.path('lists.wav');
  await writeFile(
    path,
    Buffer.concat([
      Buffer.from('RIFF\0\0\0\0WAVE'),
      ...Array.from({ length: 2_000 }, () => [head, list]).flat(),
    ]),
  );
  const file = await open(path);
  const startedAtMs = performance.now();
  try {
    const { size } = await file.stat();
    expect(await readSeveralValues(windowed(file), Buffer.from('RIFF\0\0\0\0WAVE'), size)).toEqual(new Map());
  } finally {
    await file.close();
  }
  expect(performance.now() - startedAtMs).toBeLessThan(3_000);
});

test.each<[FormatName, string]>([
  ['flac', ''],
  ['ogg', ''],
  ['opus', ''],
  ['mp3', ''],
  ['m4a', ''],
  ['alac', ''],
  ['aiff', ''],
])('%s keeps them', async (format, warnings) => {
  const result = await bench.convert(bench.path('plain.flac'), format, {}, undefined, await severalOf());
  expect(result.warnings.join()).toBe(warnings);
  const { tags, tagValues } = await tagsOf(result.file);
  expect(tagWarnings(tags, result.plan)).toEqual([]);
  expect(tagValues).toEqual(several);
  expect(tags).toMatchObject({ title: 'T', album: 'A' });
  // A decoder that checks every checksum finds nothing.
  const check = [
    '-v',
    'error',
    '-err_detect',
    'crccheck+explode',
    '-xerror',
    '-i',
    result.file,
    '-f',
    'null',
    '-',
  ];
  expect((await execa('ffmpeg', check)).stderr).toBe('');
});

test.each<FormatName>(['wav', 'caf', 'webm'])('%s has them as one text, which is said', async (format) => {
  const { file, plan } = await bench.convert(
    bench.path('plain.flac'),
    format,
    {},
    undefined,
    await severalOf(),
  );
  const { tags, tagValues } = await tagsOf(file);
  expect(tagValues).toBeUndefined();
  expect(tags).toMatchObject({ artist: 'Ana; Ben; & Co', genre: 'Jazz; Söul' });
  expect(tagWarnings(tags, plan)).toMatchObject([
    { code: 'TAGS_JOINED', message: expect.stringMatching(/: artist, genre\.$/) },
  ]);
});

test('values that fill many Ogg pages keep their checksums', async () => {
  const long = Array.from({ length: 30 }, (_, index) => `PERFORMER=${index}${'x'.repeat(2_000)}`);
  const source = await bench.probeFile(withComments(flac, [...comments, ...long]));
  for (const format of ['ogg', 'opus', 'flac', 'm4a', 'mp3'] as const) {
    const { file } = await bench.convert(bench.path('plain.flac'), format, {}, undefined, source);
    const { tagValues } = await tagsOf(file);
    expect(tagValues?.artist, format).toEqual(several.artist);
    if (format !== 'm4a') expect(tagValues?.performer, format).toEqual(source.facts.tagValues?.performer);
  }
});

async function severalOf() {
  return await bench.probeFile(withComments(flac, comments));
}
