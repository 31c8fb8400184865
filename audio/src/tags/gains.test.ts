/** Loudness figures from one scale to the other. */
import { expect, test } from 'vitest';
import { convertedGains, type GainScale, withoutGains } from './gains.ts';

const mapOf = (tags: Record<string, string>) =>
  new Map(Object.entries(tags).map(([name, value]) => [name, [value]]));

test.each<[string, Record<string, string>, GainScale, Record<string, string>]>([
  [
    'ReplayGain to Opus: no place for the peak',
    { title: 'T', replaygain_track_gain: '-8.58 dB', replaygain_track_peak: '0.988' },
    'r128',
    { title: 'T', r128_track_gain: '-3476' },
  ],
  [
    'track and album, with a plus and without the unit',
    {
      replaygain_track_gain: '+5.00 dB',
      replaygain_album_gain: '-1',
      replaygain_reference_loudness: '89.0 dB',
    },
    'r128',
    { r128_track_gain: '0', r128_album_gain: '-1536' },
  ],
  ['Opus to ReplayGain', { r128_track_gain: '-3476' }, 'replaygain', { replaygain_track_gain: '-8.58 dB' }],
  ['Opus to Opus', { r128_album_gain: '-3476' }, 'r128', { r128_album_gain: '-3476' }],
  [
    'ReplayGain stays as it is written',
    { replaygain_track_gain: '-8.580 dB', replaygain_track_peak: '0.9' },
    'replaygain',
    { replaygain_track_gain: '-8.580 dB', replaygain_track_peak: '0.9' },
  ],
  [
    'both scales: that of the target is believed',
    { replaygain_track_gain: '-8.58 dB', r128_track_gain: '12' },
    'r128',
    { r128_track_gain: '12' },
  ],
  ['what is no figure', { replaygain_track_gain: 'loud' }, 'r128', {}],
  ['what 16 bits do not hold', { replaygain_track_gain: '-140 dB' }, 'r128', {}],
])('%s', (_, tags, scale, expected) => {
  expect(convertedGains(mapOf(tags), scale)).toEqual(mapOf(expected));
});

test('all figures go', () => {
  const tags = { title: 'T', replaygain_album_peak: '1', r128_track_gain: '1', r128_notes: 'n' };
  expect(withoutGains(mapOf(tags))).toEqual(mapOf({ title: 'T', r128_notes: 'n' }));
});
