/** What FFmpeg says at level `verbose`, word by word. */
import { expect, test } from 'vitest';
import { chooseShape, secondsOf, shapesOf } from './choose-shape.ts';
import { type Stretch, SurveyParser } from './survey-parser.ts';

const of51 = `[graph_0_in_0_0 @ 0x56052f4e3800] tb:1/44100 samplefmt:fltp samplerate:44100 chlayout:mono
[Parsed_astats_0 @ 0x56052f4e2480] Overall
[Parsed_astats_0 @ 0x56052f4e2480] Number of samples: 22050
[mp3float @ 0x55da2aeded80] Header missing
[graph_0_in_0_0 @ 0x56052f4e5e40] tb:1/48000 samplefmt:fltp samplerate:48000 chlayout:stereo
[Parsed_astats_0 @ 0x56052f4e3080] Overall
[Parsed_astats_0 @ 0x56052f4e3080] Number of samples: 48000
`;

test.each([
  ['5.1', of51],
  ['7.1', of51.replaceAll('graph_0_in_0_0', 'graph_-1_in_0:0')],
])('the wording of %s, cut anywhere', (_version, text) => {
  const parser = new SurveyParser();
  for (const letter of text) parser.push(letter);
  expect(parser.stretches).toEqual([
    { sampleFormat: 'fltp', sampleRate: 44_100, layout: 'mono', samples: 22_050 },
    { sampleFormat: 'fltp', sampleRate: 48_000, layout: 'stereo', samples: 48_000 },
  ]);
});

test('a line within the tags of a file is none of them', () => {
  const parser = new SurveyParser();
  parser.push(
    '    title           : [graph_0_in_0_0 @ 0x1] tb:1/1 samplefmt:s16 samplerate:1 chlayout:mono\n',
  );
  parser.push('[Parsed_astats_0 @ 0x1] Number of samples: 5\n');
  expect(parser.stretches).toEqual([]);
});

const stretch = (sampleRate: number, layout: string, seconds: number, sampleFormat = 's16'): Stretch => ({
  sampleRate,
  layout,
  sampleFormat,
  samples: sampleRate * seconds,
});

test('most of the sound decides, by time and added up; of equals the first', () => {
  const advert = stretch(44_100, 'mono', 2);
  const show = stretch(48_000, 'stereo', 1.5);
  expect(chooseShape([advert, show, advert, show, show])).toEqual({
    sampleRate: 48_000,
    channels: 2,
    layout: 'stereo',
    samples: 'f32le',
  });
  expect(chooseShape([advert, stretch(22_050, 'mono', 2)])).toMatchObject({ sampleRate: 44_100 });
  expect(secondsOf([advert, show])).toBe(3.5);
});

test('samples of 32 bits take a wider pipe; channels without names are counted; nothing is nothing', () => {
  expect(chooseShape([stretch(48_000, 'mono', 1), stretch(48_000, 'stereo', 9, 's32p')])).toMatchObject({
    samples: 'f64le',
  });
  expect(chooseShape([stretch(48_000, '10 channels', 1)])).toMatchObject({ channels: 10, layout: undefined });
  expect(chooseShape([])).toBeUndefined();
  expect(chooseShape([stretch(48_000, 'mono', 0)])).toBeUndefined();
});

test('few shapes are told by name', () => {
  const many = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000].map((rate) => stretch(rate, 'mono', 1));
  expect(shapesOf([...many, ...many])).toBe(
    '8000 Hz mono, 11025 Hz mono, 12000 Hz mono, 16000 Hz mono, 2 more',
  );
});
