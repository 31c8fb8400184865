/** Which speakers of a source a result has, and whether the user is told of those that it has not. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { expect, test } from 'vitest';
import { planConversion } from './plan.ts';

function planned(format: FormatName, layout: string, channels: number, asked: number | undefined) {
  const facts = { container: 'wav', codec: 'pcm_s16le', durationSeconds: 60, sampleRate: 48_000, channels };
  const source = {
    facts: { ...facts, bitDepth: 16, streams: 1, hasCover: false, tags: {} },
    ...{ audioStream: 0, layout, lateSeconds: 0, durationSlackSeconds: 0.05 },
    ...{ pictureStream: undefined, language: undefined, chapters: [] },
  };
  const { plan, warnings } = planConversion(source, format, undefined, { channels: asked });
  const { layout: to, mixes, led } = plan.levels.channels;
  return { to, mixes, led, warnings: warnings.map(({ code }) => code).join() };
}

test.each<[FormatName, string, number, number | undefined, string]>([
  // The usual layout of so many channels would have no place for some speaker: another one has.
  ['wav', '2.1', 3, 4, '3.1'],
  ['wav', '3.0', 3, 4, '4.0'],
  ['aiff', '4.0', 4, 5, '4.1'],
  ['m4a', '3.0', 3, 4, '4.0'],
  ['wav', 'stereo', 2, 6, '5.1'],
  ['wav', 'mono', 1, 6, '5.1'],
  ['opus', '2.1', 3, undefined, '5.1'],
])('%s from %s (%i) (asked: %s) has every speaker, in %s', (format, layout, channels, asked, expected) => {
  const { to, mixes, warnings } = planned(format, layout, channels, asked);
  expect([to, mixes, warnings]).toEqual([expected, false, '']);
});

test.each<[FormatName, string, number, number | undefined, string]>([
  ['flac', '2.1', 3, 4, 'quad'],
  ['flac', '3.0', 3, 4, 'quad'],
  ['ogg', '2.1', 3, 5, '5.0'],
  // As many as asked for, also where the source has as many.
  ['flac', '2.1', 3, 3, '3.0'],
  ['opus', '4.1', 5, 5, '5.0'],
  ['alac', '6.1', 7, 8, '7.1(wide)'],
  ['mp3', '5.1', 6, undefined, 'stereo'],
  ['aac', '7.1', 8, undefined, 'stereo'],
])('%s from %s (%i) (asked: %s) mixes, and tells of it', (format, layout, channels, asked, expected) => {
  const { to, mixes, warnings } = planned(format, layout, channels, asked);
  expect([to, mixes, warnings]).toEqual([expected, true, 'DOWNMIXED']);
});

test('who asks for fewer channels is not told of the mix', () => {
  expect(planned('wav', '5.1', 6, 4)).toEqual({ to: 'quad', mixes: true, led: undefined, warnings: '' });
});

test.each<[FormatName, string, number, number | undefined, string, (number | undefined)[]]>([
  ['flac', 'mono', 1, 2, 'stereo', [0, 0]],
  ['flac', 'mono', 1, 4, 'quad', [0, 0]],
  ['flac', '5.1', 6, 7, '6.1', [0, 1, 2, 3, undefined, 4, 5]],
  ['ogg', '6.1(back)', 7, undefined, '6.1', [0, 1, 2, 3, 6, 4, 5]],
  ['opus', 'hexagonal', 6, undefined, '6.1', [0, 1, 2, undefined, 5, 3, 4]],
])('%s from %s (%i) (asked: %s) is led to %s at full level', (...order) => {
  const [format, layout, channels, asked, to, places] = order;
  const { led, ...rest } = planned(format, layout, channels, asked);
  expect([led?.places, rest]).toEqual([places, { to, mixes: false, warnings: '' }]);
});
