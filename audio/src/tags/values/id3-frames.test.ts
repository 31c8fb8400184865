/** Tags of MP3 and AIFF stand in the frames where players look for them. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../../conversion.testing.ts';
import { id3Tag, withoutId3 } from '../tagged.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const sine = ['-f', 'lavfi', '-i', 'sine=r=44100:d=0.5'];
const metadata = (tags: Record<string, string>): string[] =>
  Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);

/** The frames of a tag, each with its text as it is; of what has a language and a name, they stand before it. */
function framesOf(file: Buffer): Record<string, string> {
  const tagAt = file.toString('latin1', 0, 4) === 'FORM' ? file.indexOf('ID3 ') + 8 : 0;
  const isOld = file.readUInt8(tagAt + 3) < 4;
  const sizeOf = (at: number, isPlain: boolean): number =>
    [0, 1, 2, 3].reduce((size, byte) => size * (isPlain ? 256 : 128) + file.readUInt8(at + byte), 0);
  const frames: Record<string, string> = {};
  for (let at = tagAt + 10; at < tagAt + 10 + sizeOf(tagAt + 6, false); ) {
    const id = file.toString('latin1', at, at + 4);
    if (id === '\0\0\0\0') break;
    const body = file.subarray(at + 10, at + 10 + sizeOf(at + 4, isOld));
    const language = /^(COMM|USLT)$/.test(id) ? body.toString('latin1', 1, 4) : '';
    const text = body.subarray(1 + language.length);
    const shown = body[0] === 1 ? text.toString('utf16le') : text.toString('utf8');
    frames[id] = `${language}${shown}`.replaceAll('\ufeff', '').replaceAll('\0', '|').replace(/\|$/, '');
    at += 10 + body.length;
  }
  return frames;
}

const told = {
  comment: 'Höhe 5 ж',
  lyrics: 'la\nla',
  compilation: '1',
  bpm: '120',
  isrc: 'USRC17607839',
  initialkey: 'Am',
  subtitle: 'Live',
  grouping: 'Works',
  'artist-sort': 'Band, The',
};

test.each(['mp3', 'aiff'] as const)('%s has them as frames, and in front of its cover', async (format) => {
  const png = await bench.make('c.png', ['-f', 'lavfi', '-i', 'testsrc=s=64x96', '-frames:v', '1']);
  const cover = ['-i', png, '-map', '0:a', '-map', '1:v', '-c:v', 'copy', '-disposition:v', 'attached_pic'];
  const source = await bench.make('told.flac', [...sine, ...cover, ...metadata({ ...told, mine: 'x' })]);
  const { file, facts, warnings } = await bench.verified(source, format);
  const { APIC: picture, TSSE: encoder, ...frames } = framesOf(await readFile(file));
  expect(frames).toEqual({
    COMM: 'eng|Höhe 5 ж',
    USLT: 'eng|la\nla',
    TCMP: '1',
    TBPM: '120',
    TSRC: 'USRC17607839',
    TKEY: 'Am',
    TIT3: 'Live',
    TIT1: 'Works',
    TSOP: 'Band, The',
    TXXX: 'mine|x',
  });
  expect(picture).toContain('image/png');
  expect(encoder).toContain('Lavf');
  expect([facts.tags, facts.hasCover, warnings]).toEqual([{ ...told, mine: 'x' }, true, []]);
});

test('several values of one are in its frame, or stay together where it can hold one alone', async () => {
  const source = await bench.make('several.flac', sine);
  const setTags = { isrc: ['A', 'B'], comment: ['one', 'two'] };
  const { file } = await bench.convert(source, 'mp3', { setTags });
  expect(framesOf(await readFile(file))).toMatchObject({ TSRC: 'A|B', TXXX: 'comment|one|two' });
});

test('what iTunes wrote into ID3v2.2 has the names that all others have', async () => {
  const mp3 = withoutId3(await readFile(await bench.make('bare.mp3', sine)));
  const frames = { TCM: 'Bach', TPA: '1/2', TBP: '90', TT1: 'Works' };
  const tag = id3Tag(
    2,
    Object.entries(frames).map(([id, text]) => [id, Buffer.from(`\0${text}`)] as const),
  );
  const source = await bench.write('old.mp3', Buffer.concat([tag, mp3]));
  const own = { composer: 'Bach', disc: '1/2', bpm: '90', grouping: 'Works' };
  for (const format of ['flac', 'mp3'] as const)
    expect((await bench.verified(source, format)).facts.tags, format).toEqual(own);
  const { facts } = await bench.verified(source, 'm4a', { removeTags: ['TBPM'] });
  expect(facts.tags).toEqual({ composer: 'Bach', disc: '1/2', grouping: 'Works' });
});

test('lyrics in two languages are kept, the first under the common name', async () => {
  const mp3 = withoutId3(await readFile(await bench.make('sung.mp3', sine)));
  const lyrics = ['eng', 'deu'].map((code) => ['USLT', Buffer.from(`\0${code}\0in ${code}`)] as const);
  const source = await bench.write('two.mp3', Buffer.concat([id3Tag(3, lyrics), mp3]));
  const { facts } = await bench.verified(source, 'flac');
  expect(facts.tags).toEqual({ lyrics: 'in eng', 'lyrics-deu': 'in deu' });
});
