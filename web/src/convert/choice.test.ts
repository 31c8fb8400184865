/** What is asked of a file: settings that follow formats, and what is wrong with them. */
import { presets } from '@wavefleet/contracts/presets.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { expect, test } from 'vitest';
import {
  afterConvert,
  changeFormat,
  choiceProblem,
  conversionsOf,
  firstChoice,
  isChosen,
  toggleFormat,
} from './choice.ts';
import { loadChoice, saveChoice } from './choice-memory.ts';
import { estimateText, estimateTotal } from './estimate.ts';
import type { FileFacts } from './file-facts.ts';
import { loudnessChoices, loudnessOf } from './loudness-choice.ts';
import { parseTime } from './parse-time.ts';
import { mayHaveTracks } from './parse-track.ts';
import { applyPreset, presetOf } from './preset-choice.ts';
import { plannedLabel } from './quality-label.ts';

test.each([
  ['', undefined],
  ['90', 90],
  ['90.5', 90.5],
  ['1:30', 90],
  ['1:02:45.5', 3765.5],
  ['0,5', 0.5],
  ['1:75', 'invalid'],
  ['1:60:00', 'invalid'],
  ['soon', 'invalid'],
  ['-3', 'invalid'],
])('the time "%s" is %s', (text, seconds) => expect(parseTime(text)).toBe(seconds));

test('formats are chosen and let go one by one, each with its own settings', () => {
  let choice = toggleFormat(firstChoice, 'flac');
  choice = changeFormat(choice, 'flac', { bitDepth: 24 });
  choice = changeFormat(choice, 'mp3', { quality: '320k' });
  expect(conversionsOf(choice)).toEqual([
    { format: 'mp3', quality: '320k', options: {} },
    { format: 'flac', quality: undefined, options: { bitDepth: 24 } },
  ]);
  choice = toggleFormat(choice, 'mp3');
  expect(isChosen(choice, 'mp3')).toBe(false);
  expect(choiceProblem(toggleFormat(choice, 'flac'))?.message).toBe('Choose at least one format.');
});

test('a preset takes the place of what its format had', () => {
  const choice = applyPreset(changeFormat(firstChoice, 'mp3', { quality: '96k' }), presets['mp3-320k']);
  expect(conversionsOf(choice)).toEqual([{ format: 'mp3', quality: '320k', options: {} }]);
});

test('a preset sets what has a field, keeps what has none, and comes back as it was', () => {
  const all: ConversionOptions = {
    channels: 1,
    bitDepth: 24,
    trimStart: 60,
    trimEnd: 90.5,
    fadeIn: 2,
    track: 'eng',
    timeline: 'keep',
    tags: false,
    setTags: { title: 'T' },
    removeTags: ['comment', 'lyrics'],
    cover: false,
    strict: true,
    speed: 1.25,
    silence: 'trim',
  };
  const typed = { ...firstChoice, shared: { ...firstChoice.shared, fadeOut: '3' } };
  const choice = applyPreset(typed, { label: 'Mine', format: 'flac', options: all });
  expect(choice.formats[1]).toMatchObject({ bitDepth: 24, more: { speed: 1.25, silence: 'trim' } });
  expect(choice.shared).toMatchObject({
    trimEnd: '90.5',
    track: 'eng',
    newTags: { title: 'T' },
    tags: false,
  });
  // What the preset does not name stays as it was typed.
  expect(presetOf(choice, 'flac')).toEqual({ format: 'flac', options: { ...all, fadeOut: 3 } });
  const odd = { setTags: { composer: 'C' }, removeTags: ['a,b'] };
  expect(applyPreset(firstChoice, { label: 'Odd', format: 'mp3', options: odd })).toEqual({
    ...firstChoice,
    formats: [{ format: 'mp3', more: odd }],
  });
});

test('a picture that was chosen is of these files, and of no preset', () => {
  const newCover = { phase: 'ready', name: 'a.png', fileId: 'c0' } as const;
  const choice = { ...firstChoice, shared: { ...firstChoice.shared, newCover } };
  expect(conversionsOf(choice)[0]?.options).toEqual({ setCover: 'c0' });
  expect(presetOf(choice, 'mp3')).toEqual({ format: 'mp3', options: {} });
  expect(presetOf(choice, 'wav')).toBeUndefined();
});

test('what the server would refuse is said before it is asked', () => {
  const shared = { ...firstChoice.shared, trimStart: '1:00', trimEnd: '30' };
  expect(choiceProblem({ ...firstChoice, shared })).toMatchObject({ field: 'trimEnd' });
  expect(choiceProblem({ ...firstChoice, shared: { ...shared, trimEnd: 'x' } })?.message).toContain('1:30');
  const odd = { ...firstChoice, formats: [{ format: 'mp3', channels: 6 }] } as const;
  expect(choiceProblem(odd)).toEqual({ field: 'mp3', message: 'expected at most 2 for mp3.' });
  expect(
    conversionsOf({ ...firstChoice, shared: { ...shared, trimEnd: '90', tags: false } })[0]?.options,
  ).toEqual({
    trimStart: 60,
    trimEnd: 90,
    tags: false,
  });
});

test('a start past the end of a file is said: for certain where its header tells, else as a guess', () => {
  const at = (trimStart: string) => ({ ...firstChoice, shared: { ...firstChoice.shared, trimStart } });
  const files = [
    { name: 'unread.mp3' },
    { name: 'guessed.mp3', facts: { durationSeconds: 10, certain: false } },
    { name: 'known.flac', facts: { durationSeconds: 25.5, certain: true } },
    { name: 'crashed.wav', facts: { durationSeconds: 1, longestSeconds: 60, certain: true } },
  ];
  expect(choiceProblem(at('9'), files)).toBeUndefined();
  expect(choiceProblem(at('12'), files)).toEqual({
    field: 'trimStart',
    message: 'guessed.mp3 seems to be only 0:10 long.',
    isGuess: true,
  });
  expect(choiceProblem(at('0:26'), files)).toEqual({
    field: 'trimStart',
    message: 'known.flac is only 0:26 long. Start before that.',
  });
});

test('fades are seconds, up to ten minutes; a loudness is one of its format', () => {
  const shared = { ...firstChoice.shared, fadeIn: '2,5', fadeOut: '0' };
  const chosen = changeFormat({ ...firstChoice, shared }, 'mp3', { loudness: loudnessOf('-16') });
  expect(conversionsOf(chosen)[0]?.options).toEqual({ fadeIn: 2.5, loudness: { target: -16 } });
  for (const fadeIn of ['soon', '-1', '10:01']) {
    expect(choiceProblem({ ...firstChoice, shared: { ...shared, fadeIn } })).toMatchObject({
      field: 'fadeIn',
    });
  }
  expect(loudnessChoices({ target: -18 }).map(({ label }) => label)).toEqual([
    '−14 LUFS: streaming services',
    '−16 LUFS: podcasts',
    '−20 LUFS: audiobooks',
    '−23 LUFS: broadcast, EBU R128',
    '−24 LUFS: broadcast, ATSC A/85',
    '−18 LUFS',
  ]);
});

test('a track is asked for by number or language; nonsense is said', () => {
  const asking = (track: string) => ({
    ...firstChoice,
    shared: { ...firstChoice.shared, track, keepTimeline: true },
  });
  expect(conversionsOf(asking(' 2 '))[0]?.options).toEqual({ track: 2, timeline: 'keep' });
  expect(conversionsOf(asking('eng'))[0]?.options).toEqual({ track: 'eng', timeline: 'keep' });
  for (const nonsense of ['0', '-1', 'the second', '65']) {
    expect(choiceProblem(asking(nonsense))).toMatchObject({ field: 'track' });
  }
  expect(choiceProblem(asking(''))).toBeUndefined();
  expect(['film.mkv', 'A.MP4', 'song.mp3', 'mkv'].map(mayHaveTracks)).toEqual([true, true, false, false]);
});

test('a quality says what it comes to for these files', () => {
  const mono = { durationSeconds: 9, sampleRate: 44_100, channels: 1, bitDepth: 16, certain: true };
  const stereo = { ...mono, channels: 2 };
  const unknown = { ...stereo, certain: false };
  const label = (files: (FileFacts | undefined)[], options = {}) =>
    plannedLabel('medium', 'mp3', options, files);
  expect(label([stereo])).toBe('Medium, 192 kbit/s');
  expect(label([mono])).toBe('Medium, 96 kbit/s');
  expect(label([stereo], { channels: 1 })).toBe('Medium, 96 kbit/s');
  expect(label([mono, stereo])).toBe('Medium, 96 to 192 kbit/s');
  expect(label([unknown])).toBe('Medium, 192 kbit/s in stereo, 96 in mono');
  expect(label([undefined], { channels: 2 })).toBe('Medium, 192 kbit/s');
  // MPEG-2.5 ends at 64 kbit/s.
  expect(label([stereo], { sampleRate: 8000 })).toBe('Medium, 64 kbit/s');
  expect(plannedLabel('high', 'ogg', {}, [mono])).toBe('High, quality 8');
  expect(plannedLabel('128k', 'mp3', {}, [mono])).toBe('128 kbit/s');
  expect(plannedLabel('v2', 'mp3', {}, [mono])).toBe('V2, varying, about 190 kbit/s in stereo');
});

test('the last choice comes back, nonsense does not', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const offered = ['mp3', 'opus', 'flac'];
  expect(loadChoice(storage, offered)).toBe(firstChoice);
  saveChoice(storage, toggleFormat(firstChoice, 'opus'));
  expect(loadChoice(storage, offered).formats.map(({ format }) => format)).toEqual(['mp3', 'opus']);
  // A server that has not learnt Opus yet.
  expect(loadChoice(storage, ['mp3']).formats.map(({ format }) => format)).toEqual(['mp3']);
  for (const key of kept.keys()) kept.set(key, '{"formats":[{"format":"mp9"}]}');
  expect(loadChoice(storage, offered)).toBe(firstChoice);
});

test('the estimate says what it knows', () => {
  const facts = { durationSeconds: 60, sampleRate: 44_100, channels: 2, bitDepth: 16, certain: true };
  const wav = estimateTotal([facts], { format: 'wav', options: {} });
  expect(wav).toMatchObject({ unknown: 0, exact: true });
  expect(estimateText(wav, 1)).toBe('10.6 MB');
  const mp3 = estimateTotal([facts, undefined], { format: 'mp3', quality: '192k', options: {} });
  expect(estimateText(mp3, 2)).toBe('about 1.5 MB, plus 1 file of unknown length');
  // Whether it is mono, only the server will know.
  const guess = estimateTotal([{ ...facts, certain: false }], { format: 'mp3', options: {} });
  expect(estimateText(guess, 1)).toBe('up to 1.5 MB');
  expect(estimateText(estimateTotal([undefined], { format: 'mp3', options: {} }), 1)).toContain(
    'once the file is read',
  );
});

test('tags and cover go to the server as they are meant, and only where a picture has a place', () => {
  const newCover = { phase: 'ready', name: 'a.png', fileId: 'c0' } as const;
  const newTags = { title: ' T ', artist: '', album_artist: 'V' };
  const shared = { ...firstChoice.shared, newTags, removeTags: ' comment,, Lyrics ', newCover };
  const choice = { formats: [{ format: 'mp3' }, { format: 'wav' }] as const, shared };
  const options = { setTags: { title: 'T', album_artist: 'V' }, removeTags: ['comment', 'Lyrics'] };
  expect(conversionsOf(choice).map(({ options }) => options)).toEqual([
    { ...options, setCover: 'c0' },
    options,
  ]);
  expect(conversionsOf(afterConvert(choice)).map(({ options }) => options)).toEqual([{}, {}]);
});

test('what is no name of a tag, and a picture that was refused, stand in the way', () => {
  const withShared = (part: Partial<typeof firstChoice.shared>) =>
    choiceProblem({ ...firstChoice, shared: { ...firstChoice.shared, ...part } });
  expect(withShared({ removeTags: 'a=b' })).toMatchObject({ field: 'removeTags' });
  expect(withShared({ removeTags: 'metadata_block_picture' })).toMatchObject({ field: 'removeTags' });
  const newCover = { phase: 'refused', name: 'a.txt', message: 'No picture.' } as const;
  expect(withShared({ newCover })).toEqual({ field: 'newCover', message: 'No picture.' });
  const wav = { formats: [{ format: 'wav' }] as const, shared: { ...firstChoice.shared, newCover } };
  expect(choiceProblem(wav)).toBeUndefined();
});
