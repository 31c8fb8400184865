/** Tags through real conversions: what a source says is what its result says. */
import { readFile, writeFile } from 'node:fs/promises';
import { type FormatName, formatNames } from '@wavefleet/contracts/formats.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const sine = ['-f', 'lavfi', '-i', 'sine=r=44100:d=0.5'];

test('bytes that are no UTF-8 are Windows-1252', async () => {
  const artist = ['-metadata', 'artist=Bj_rk _a_'];
  const wav = await bench.make('latin1.wav', [...sine, ...artist]);
  const bytes = await readFile(wav);
  Buffer.from('Bj\xf6rk \x93a\x94', 'latin1').copy(bytes, bytes.indexOf('Bj_rk'));
  await writeFile(wav, bytes);
  for (const format of ['wav', 'flac', 'mp3'] as const) {
    expect((await bench.verified(wav, format)).facts.tags, format).toMatchObject({ artist: 'Björk “a”' });
  }
});

test('a tag whose name cannot be kept is told of, and the others stay', async () => {
  const tags = ['__proto__=p', 'constructor=c', 'prototype=q', `${'k'.repeat(65)}=k`];
  const flac = await bench.make('names.flac', [...sine, ...tags.flatMap((tag) => ['-metadata', tag])]);
  for (const format of ['flac', 'mp3', 'm4a', 'opus', 'ogg', 'wav'] as const) {
    const { facts, warnings } = await bench.verified(flac, format);
    expect(warnings, format).toEqual(['TAGS_DROPPED']);
    // WAV and M4A have places for known names alone.
    if (format === 'wav' || format === 'm4a') continue;
    expect({ ...facts.tags }, format).toEqual({ constructor: 'c', prototype: 'q' });
  }
});

/** A book of three chapters and ten seconds. */
let book: string;
beforeAll(async () => {
  const chapters = [
    ['Prologue', 0, 4],
    ['Größe', 4, 8],
    ['End', 8, 10],
  ].map(([title, start, end]) => `[CHAPTER]\nTIMEBASE=1/1\nSTART=${start}\nEND=${end}\ntitle=${title}\n`);
  await writeFile(bench.path('book.txt'), `;FFMETADATA1\ntitle=Book\n${chapters.join('')}`);
  const long = ['-f', 'lavfi', '-i', 'sine=r=44100:d=10'];
  book = await bench.make('book.m4a', [...long, '-i', bench.path('book.txt'), '-map_metadata', '1']);
});

const homeless: readonly FormatName[] = ['aac', 'wav', 'caf', 'wav-ulaw', 'wav-alaw', 'ac3', 'eac3'];

test('chapters are kept wherever there is a place for them, and move with a trim', async () => {
  const cut = { trimStart: 2, trimEnd: 9 };
  for (const format of formatNames.filter((name) => !homeless.includes(name))) {
    const whole = await bench.convert(book, format);
    expect(whole.warnings, format).toEqual([]);
    expect((await chaptersOf(whole.file)).chapters, format).toEqual([
      'Prologue 0–4',
      'Größe 4–8',
      'End 8–10',
    ]);
    const part = await bench.convert(book, format, cut);
    // As tags they would be seen twice.
    const own: Record<string, string> = format === 'm4b' ? { media_type: '2' } : {};
    expect(await chaptersOf(part.file), format).toEqual({
      chapters: ['Prologue 0–2', 'Größe 2–6', 'End 6–7'],
      tags: { title: 'Book', ...own },
    });
  }
});

test.each(homeless)('%s has no place for chapters, and that is said', async (format) => {
  const { warnings, file } = await bench.convert(book, format);
  expect(warnings.filter((code) => code !== 'RESAMPLED')).toEqual(['CHAPTERS_LOST']);
  expect((await chaptersOf(file)).chapters).toEqual([]);
  const bare = await bench.convert(book, format, { tags: false });
  expect(bare.warnings.filter((code) => code !== 'RESAMPLED')).toEqual([]);
});

async function chaptersOf(file: string) {
  const { chapters, facts } = await bench.probeFile(file);
  return {
    chapters: chapters.map(
      ({ startSeconds, endSeconds, title }) => `${title} ${startSeconds}–${Math.floor(endSeconds * 20) / 20}`,
    ),
    tags: facts.tags,
  };
}

test('what stands on the stream of the source comes along as language alone', async () => {
  const onStream = ['language=deu', 'title=Commentary', 'note=n'].flatMap((tag) => ['-metadata:s:a:0', tag]);
  const source = await bench.make('stream.mka', [...sine, ...onStream, '-c:a', 'libopus']);
  for (const format of ['webm', 'm4a'] as const) {
    const { file } = await bench.convert(source, format);
    const entries = ['-show_entries', 'stream_tags', '-of', 'default=noprint_wrappers=1:nokey=0'];
    const { stdout } = await execa('ffprobe', ['-v', 'error', ...entries, file]);
    expect(stdout, format).toContain('TAG:language=deu');
    expect(stdout, format).not.toMatch(/Commentary|note/i);
    expect((await bench.probeFile(file)).facts.tags, format).toMatchObject({ title: 'Commentary' });
  }
});

test('tags are set and removed by name, in any case and under the names of comments', async () => {
  const tags = { title: 'Old', artist: 'A', album_artist: 'B', comment: 'C' };
  const given = Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);
  const source = await bench.make('edit.flac', [...sine, ...given]);
  const removeTags = ['Artist', 'ALBUMARTIST', 'not there'];
  const setTags = { TITLE: 'Nëw\n=1', genre: ['Jazz', 'Soul'], Mood: 'calm\0' };
  for (const format of ['flac', 'opus', 'mp3'] as const) {
    const edited = await bench.convert(source, format, { removeTags, setTags });
    const { facts } = await bench.probeFile(edited.file);
    expect({ tags: facts.tags, tagValues: facts.tagValues }, format).toEqual({
      tags: { title: 'Nëw\n=1', comment: 'C', genre: 'Jazz; Soul', mood: 'calm' },
      tagValues: { genre: ['Jazz', 'Soul'] },
    });
    const alone = await bench.verified(source, format, { tags: false, setTags: { composer: 'D' } });
    expect(alone.facts.tags, format).toEqual({ composer: 'D' });
  }
});

test('loudness figures are in the scale of the target, there and back', async () => {
  const gains = { replaygain_track_gain: '-8.58 dB', replaygain_track_peak: '0.988' };
  const tags = Object.entries(gains).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);
  const mp3 = await bench.make('gain.mp3', [...sine, ...tags]);
  const opus = await bench.verified(mp3, 'opus');
  expect(opus.facts.tags).toEqual({ r128_track_gain: '-3476' });
  for (const format of ['flac', 'mp3', 'webm'] as const) {
    expect((await bench.verified(mp3, format)).facts.tags, format).toEqual(gains);
    const back = await bench.verified(opus.file, format);
    expect(back.facts.tags, format).toEqual({ replaygain_track_gain: '-8.58 dB' });
  }
  const mixed = await bench.verified(mp3, 'flac', { channels: 2 });
  expect(mixed.facts.tags).toEqual({});
  expect(mixed.warnings).toEqual(['GAINS_DROPPED']);
});
