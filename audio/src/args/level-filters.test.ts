/** The filters of level, whole, for the choices that change them. With real FFmpeg: `levels.test.ts`, `shaping.test.ts`. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { describe, expect, test } from 'vitest';
import { type FoundLevels, withFound } from '../plan/levels.ts';
import { planConversion } from '../plan/plan.ts';
import { type Resampler, soxr, swr } from '../resampler.ts';
import { levelFilters, meteredFilters } from './level-filters.ts';

function sourceOf(bitDepth: number) {
  const facts = {
    container: 'wav',
    codec: 'pcm_s16le',
    durationSeconds: 60,
    sampleRate: 44_100,
    channels: 2,
  };
  return {
    facts: { ...facts, bitDepth, streams: 1, hasCover: false, tags: {} },
    audioStream: 0,
    layout: 'stereo',
    durationSlackSeconds: 0.05,
    pictureStream: undefined,
    lateSeconds: 0,
    language: undefined,
    chapters: [],
  };
}

function plan(format: FormatName, options: ConversionOptions, found: FoundLevels = {}, bitDepth = 16) {
  return withFound(planConversion(sourceOf(bitDepth), format, undefined, options).plan, found);
}
const place = { resampler: soxr, levels: 'out.levels' };
const plain = { db: -3.5, limitDbtp: undefined, cutDb: 0 };
const limited = { db: 6.25, limitDbtp: -1.1, cutDb: 0 };

describe('what an encoder is given', () => {
  test.each<[string, ReturnType<typeof plan>, string]>([
    ['nothing to do', plan('wav', {}), ''],
    ['16 of 24 bits', plan('wav', { bitDepth: 16 }, {}, 24), 'aresample=dither_method=triangular'],
    ['16 of 24 bits, as they are', plan('wav', { bitDepth: 16, dither: false }, {}, 24), ''],
    [
      'a gain',
      plan('wav', { loudness: { target: -23 } }, { gain: plain }),
      'aformat=sample_fmts=fltp volume=-3.500dB:precision=float aresample=dither_method=triangular',
    ],
    [
      'a gain and less behind it, which is one gain',
      plan('wav', { loudness: { target: -23 } }, { gain: { ...plain, cutDb: 0.25 } }),
      'aformat=sample_fmts=fltp volume=-3.750dB:precision=float aresample=dither_method=triangular',
    ],
    [
      'a limiter, at four times the rate',
      plan('aac', { loudness: { target: -14 } }, { gain: limited }),
      'aformat=sample_fmts=fltp:channel_layouts=stereo aresample=176400:resampler=soxr:precision=20:internal_sample_fmt=fltp volume=6.250dB:precision=double alimiter=limit=0.88105:attack=5:release=80:level=0:latency=1 aresample=44100:resampler=soxr:precision=20:internal_sample_fmt=fltp aformat=sample_fmts=fltp',
    ],
    [
      'a limiter and less behind it',
      plan('aac', { loudness: { target: -14 } }, { gain: { ...limited, cutDb: 1 } }),
      'aformat=sample_fmts=fltp:channel_layouts=stereo aresample=176400:resampler=soxr:precision=20:internal_sample_fmt=fltp volume=6.250dB:precision=double alimiter=limit=0.88105:attack=5:release=80:level=0:latency=1 aresample=44100:resampler=soxr:precision=20:internal_sample_fmt=fltp volume=-1.000dB aformat=sample_fmts=fltp',
    ],
    [
      'silence left out, faster, with fades',
      plan(
        'aac',
        { silence: 'trim', speed: 1.5, fadeIn: 0.5, fadeOut: 2 },
        { sound: { startSample: 256, endSample: 88_200 }, resultSamples: 100_000 },
      ),
      'atrim=start_sample=256:end_sample=88200 asetpts=round(N/SR/TB) aformat=sample_fmts=fltp:channel_layouts=stereo apad=pad_len=2205 atempo=1.5 aformat=sample_fmts=flt afade=t=in:ns=22050 afade=t=out:ss=11800:ns=88200 asetnsamples=n=11025:p=0 astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level ametadata=mode=print:key=lavfi.astats.Overall.Peak_level:function=greater:value=0.000001:file=out.levels.clipping.txt',
    ],
  ])('%s', (_, of, expected) => {
    expect(levelFilters(of, place).join(' ')).toBe(expected);
  });
});

test('DSD loses nothing that can be heard: its filter begins early only where there is room above', () => {
  const facts = { container: 'dsf', codec: 'dsd_lsbf_planar', durationSeconds: 1, sampleRate: 352_800 };
  const filters = (format: FormatName, resampler: Resampler, options: ConversionOptions = {}) => {
    const more = { channels: 2, bitDepth: 24, streams: 1, hasCover: false, tags: {} };
    const dsd = { ...sourceOf(16), facts: { ...facts, ...more } };
    return levelFilters(planConversion(dsd, format, undefined, options).plan, { ...place, resampler })[0];
  };
  const floats = ':internal_sample_fmt=fltp';
  for (const resampler of [soxr, swr])
    expect(filters('opus', resampler)).toBe(`aresample=48000:filter_size=64:kaiser_beta=9:cutoff=1${floats}`);
  expect(filters('mp3', swr)).toBe(`aresample=44100:filter_size=96:kaiser_beta=10:cutoff=0.96${floats}`);
  expect(filters('mp3', soxr)).toBe(`aresample=44100:resampler=soxr:precision=20${floats}`);
  expect(filters('flac', soxr)).toMatch(/^aresample=88200:resampler=soxr:precision=28:cutoff=0.8/);
  expect(filters('flac', swr, { sampleRate: 48_000 })).not.toContain('cutoff=0.8');
});

test('a meter is given the same sound, neither rounded nor watched', () => {
  const of = plan('mp3', { channels: 1, sampleRate: 48_000, fadeIn: 1 });
  expect(meteredFilters(of, { ...place, resampler: swr })).toEqual([
    'aresample=48000:filter_size=96:kaiser_beta=10:cutoff=0.96:rematrix_maxval=1:lfe_mix_level=0:internal_sample_fmt=fltp',
    'aformat=sample_fmts=fltp:channel_layouts=mono',
    'afade=t=in:ns=48000',
  ]);
});
