/** The command that encodes, whole, for the choices that change it. One of each format is in `encoders.test.ts`. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { describe, expect, test } from 'vitest';
import { encodeFiles } from '../folder-files.ts';
import { planConversion } from '../plan/plan.ts';
import type { ProbedSource } from '../probing/source.ts';
import { soxr } from '../resampler.ts';
import { decodeArgs, encodeArgs, encodePcmArgs } from './encode-args.ts';

const lists = { demuxers: ['wav', 'mp3'], decoders: ['pcm_s16le', 'mp3float'] };
const source: ProbedSource = {
  facts: {
    container: 'flac',
    codec: 'flac',
    durationSeconds: 60,
    sampleRate: 44_100,
    channels: 2,
    bitDepth: 16,
    streams: 1,
    hasCover: false,
    tags: { title: 'T' },
  },
  audioStream: 0,
  layout: 'stereo',
  lateSeconds: 0,
  durationSlackSeconds: 0.05,
  pictureStream: undefined,
  language: undefined,
  chapters: [],
};

const head = (strict = false): string[] => [
  ...'-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y'.split(' '),
  ...(strict ? ['-xerror'] : []),
  ...'-protocol_whitelist file -format_whitelist wav,mp3 -max_pixels 25000000 -max_streams 64'.split(' '),
  ...'-codec_whitelist pcm_s16le,mp3float'.split(' '),
  ...['-err_detect', strict ? 'crccheck+explode' : 'crccheck'],
  ...'-threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt'.split(
    ' ',
  ),
];
const tail = (muxer: string, extension: string): string[] =>
  `-abort_on empty_output -f ${muxer} file:out.${extension}`.split(' ');
const plain = '-map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1 -af asetpts=round(N/SR/TB)';
const plainOgg =
  '-map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:g -map_chapters 1 -af asetpts=round(N/SR/TB)';

/** The filters that watch, with a block of a quarter of a second. */
const over = (block: number): string =>
  `asetnsamples=n=${block}:p=0,astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level,ametadata=mode=print:key=lavfi.astats.Overall.Peak_level:function=greater:value=0.000001:file=out.levels.clipping.txt`;
const counted = (rate: number): string =>
  `asetnsamples=n=${rate}:p=0,ametadata=mode=add:key=counted:value=1,asetpts=N+S,ametadata=mode=print:file=out.levels.counted.txt,asetpts=round(N/SR/TB)`;
const beforeMono =
  'asetnsamples=n=44100:p=0,astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level';
const mono =
  'astats=metadata=1:reset=1:measure_perchannel=Peak_level:measure_overall=none,ametadata=mode=print:file=out.levels.mono.txt';

function argsFor(
  format: FormatName,
  changes: {
    facts?: Partial<ProbedSource['facts']>;
    layout?: string;
    quality?: Quality;
    options?: ConversionOptions;
    carrier?: boolean;
  } = {},
): string[] {
  const changed: ProbedSource = {
    ...source,
    facts: { ...source.facts, ...changes.facts },
    layout: changes.layout ?? source.layout,
  };
  const { plan } = planConversion(changed, format, changes.quality, changes.options ?? {});
  const files = encodeFiles('out', format);
  return encodeArgs(plan, lists, {
    files,
    hasCarrier: changes.carrier ?? false,
    threads: 2,
    resampler: soxr,
  });
}

test('a source on stdin is the one thing that may be opened for it, and is not sought in', () => {
  const chain = { ...source, facts: { ...source.facts, container: 'ogg' } };
  const { plan } = planConversion(chain, 'flac', undefined, {});
  const setting = { files: encodeFiles('out', 'flac'), hasCarrier: false, threads: 2, resampler: soxr };
  expect(encodeArgs(plan, lists, { ...setting, way: 'pipe' })).toEqual([
    ...head()
      .map((arg, index, all) => (all[index - 1] === '-protocol_whitelist' ? 'pipe' : arg))
      .map((arg) => (arg === 'file:in' ? 'pipe:0' : arg)),
    ...`${plain},aformat=channel_layouts=stereo`.split(' '),
    ...'-c:a flac -sample_fmt s16'.split(' '),
    ...tail('flac', 'flac'),
  ]);
});

describe('the whole argument list of a conversion', () => {
  test.each<[string, string[], string, string[]]>([
    [
      'mp3, the default quality',
      argsFor('mp3'),
      `${plain},aformat=channel_layouts=stereo,volume=1.0309:precision=float,${counted(44_100)} -c:a libmp3lame -b:a 192k -write_xing 1 -id3v2_version 3 -write_id3v1 0`,
      tail('mp3', 'mp3'),
    ],
    [
      'aac, low',
      argsFor('aac', { quality: 'low' }),
      `${plain},aformat=channel_layouts=stereo -c:a aac -b:a 96k`,
      tail('adts', 'aac'),
    ],
    [
      'm4a at 256k',
      argsFor('m4a', { quality: '256k' }),
      `${plain},aformat=channel_layouts=stereo -c:a aac -b:a 256k -movflags +faststart -movie_timescale 44100`,
      tail('ipod', 'm4a'),
    ],
    [
      'alac, 16 bit',
      argsFor('alac'),
      `${plain},aformat=channel_layouts=stereo -c:a alac -sample_fmt s16p -movflags +faststart -movie_timescale 44100`,
      tail('ipod', 'm4a'),
    ],
    [
      'alac from 24 bit',
      argsFor('alac', { facts: { bitDepth: 24 } }),
      `${plain},aformat=channel_layouts=stereo -c:a alac -sample_fmt s32p -bits_per_raw_sample 24 -movflags +faststart -movie_timescale 44100`,
      tail('ipod', 'm4a'),
    ],
    [
      'ogg by quality',
      argsFor('ogg', { quality: 'q7.5' }),
      `${plainOgg},aformat=channel_layouts=stereo -c:a libvorbis -q:a 7.5`,
      tail('ogg', 'ogg'),
    ],
    [
      'ogg by bitrate',
      argsFor('ogg', { quality: '160k' }),
      `${plainOgg},aformat=channel_layouts=stereo -c:a libvorbis -b:a 160k`,
      tail('ogg', 'ogg'),
    ],
    [
      'opus from 5.1(side)',
      argsFor('opus', { facts: { channels: 6 }, layout: '5.1(side)' }),
      `${plainOgg},aresample=48000:filter_size=64:kaiser_beta=9:cutoff=1:internal_sample_fmt=fltp,aformat=channel_layouts=5.1 -c:a libopus -b:a 384k -vbr on`,
      tail('opus', 'opus'),
    ],
    [
      'webm, mono on request',
      argsFor('webm', { options: { channels: 1 }, quality: '32k' }),
      `${plain},${beforeMono},aresample=48000:filter_size=64:kaiser_beta=9:cutoff=1:rematrix_maxval=1:lfe_mix_level=0:internal_sample_fmt=fltp,aformat=channel_layouts=mono,${mono} -c:a libopus -b:a 32k -vbr on`,
      tail('webm', 'webm'),
    ],
    [
      'flac from a lossy source',
      argsFor('flac', { facts: { bitDepth: 0 } }),
      `${plain},aformat=sample_fmts=fltp:channel_layouts=stereo,${over(11_025)},aresample=dither_method=triangular -c:a flac -sample_fmt s16`,
      tail('flac', 'flac'),
    ],
    [
      'flac from 32-bit float',
      argsFor('flac', { facts: { bitDepth: 32 } }),
      `${plain},aformat=channel_layouts=stereo -c:a flac -sample_fmt s32 -bits_per_raw_sample 24`,
      tail('flac', 'flac'),
    ],
    ['wav', argsFor('wav'), `${plain} -c:a pcm_s16le -rf64 auto`, tail('wav', 'wav')],
    [
      'wav of 24 bit on request, at 96 kHz',
      argsFor('wav', { options: { bitDepth: 24, sampleRate: 96_000 } }),
      `${plain},aresample=96000:resampler=soxr:precision=28:internal_sample_fmt=fltp,aformat=sample_fmts=fltp,${over(24_000)} -c:a pcm_s24le -rf64 auto`,
      tail('wav', 'wav'),
    ],
    ['aiff', argsFor('aiff'), `${plain} -c:a pcm_s16be -write_id3v2 1`, tail('aiff', 'aiff')],
    [
      'aiff of 24 bit',
      argsFor('aiff', { facts: { bitDepth: 24 } }),
      `${plain} -c:a pcm_s24be -write_id3v2 1`,
      tail('aiff', 'aiff'),
    ],
    [
      'mp3 from 12 unnamed channels at 96 kHz',
      argsFor('mp3', { facts: { channels: 12, sampleRate: 96_000 }, layout: 'unnamed' }),
      `${plain},pan=stereo|c0<c0+c2+c4+c6+c8+c10|c1<c1+c3+c5+c7+c9+c11,aresample=48000:resampler=soxr:precision=20:rematrix_maxval=1:lfe_mix_level=0:internal_sample_fmt=fltp,aformat=channel_layouts=stereo,volume=1.0309:precision=float,${counted(48_000)} -c:a libmp3lame -b:a 192k -write_xing 1 -id3v2_version 3 -write_id3v1 0`,
      tail('mp3', 'mp3'),
    ],
    [
      'a trim of start and end',
      argsFor('wav', { options: { trimStart: 1.5, trimEnd: 3 } }),
      '-map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1 -af asetpts=round(N/SR/TB),atrim=start_sample=66150:end_sample=132300,asetpts=round(N/SR/TB) -c:a pcm_s16le -rf64 auto',
      tail('wav', 'wav'),
    ],
    [
      'a trim of the end alone',
      argsFor('wav', { options: { trimEnd: 1 / 3 } }),
      '-map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1 -af asetpts=round(N/SR/TB),atrim=start_sample=0:end_sample=14700,asetpts=round(N/SR/TB) -c:a pcm_s16le -rf64 auto',
      tail('wav', 'wav'),
    ],
    [
      'a trim of the start alone, to the nearest sample',
      argsFor('wav', { options: { trimStart: 2 / 3 } }),
      '-map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1 -af asetpts=round(N/SR/TB),atrim=start_sample=29400,asetpts=round(N/SR/TB) -c:a pcm_s16le -rf64 auto',
      tail('wav', 'wav'),
    ],
    [
      'a trim of less than a sample is none',
      argsFor('wav', { options: { trimStart: 1e-7 } }),
      `${plain} -c:a pcm_s16le -rf64 auto`,
      tail('wav', 'wav'),
    ],
    [
      'without tags nothing is taken over',
      argsFor('wav', { options: { tags: false } }),
      `${plain} -c:a pcm_s16le -rf64 auto`,
      tail('wav', 'wav'),
    ],
  ])('%s', (_, args, middle, end) => {
    expect(args).toEqual([...head(), ...middle.split(' '), ...end]);
  });

  test('with a cover', () => {
    expect(argsFor('flac', { carrier: true })).toEqual([
      ...head(),
      ...'-f flac -codec_whitelist flac -i file:out.carrier.flac -map 0:0 -map 2:v:0 -c:v copy'.split(' '),
      ...'-disposition:v:0 attached_pic -map_metadata:s:v:0 2:s:v:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1'.split(
        ' ',
      ),
      ...'-af asetpts=round(N/SR/TB),aformat=channel_layouts=stereo -c:a flac -sample_fmt s16'.split(' '),
      ...tail('flac', 'flac'),
    ]);
  });

  test('strict', () => {
    expect(argsFor('wav', { options: { strict: true } })).toEqual([
      ...head(true),
      ...`${plain} -c:a pcm_s16le -rf64 auto`.split(' '),
      ...tail('wav', 'wav'),
    ]);
  });
});

describe('the commands of two processes, for a source that changes its shape', () => {
  const shape = { sampleRate: 48_000, channels: 2, layout: 'stereo', samples: 'f32le' } as const;
  const { plan } = planConversion(
    { ...source, facts: { ...source.facts, container: 'matroska,webm', sampleRate: 48_000 } },
    'm4a',
    '128k',
    { trimStart: 1, trimEnd: 2, strict: true },
  );
  const setting = { files: encodeFiles('out', 'm4a'), hasCarrier: true, threads: 2, resampler: soxr };

  test('one decodes and is strict about damage', () => {
    expect(decodeArgs(plan, shape, lists, setting.threads)).toEqual([
      ...'-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -xerror'.split(' '),
      ...'-protocol_whitelist file -format_whitelist wav,mp3 -max_pixels 25000000 -max_streams 64'.split(' '),
      ...'-codec_whitelist pcm_s16le,mp3float -err_detect crccheck+explode -threads 2 -vn -sn -dn'.split(' '),
      ...'-i file:in -map 0:0 -af'.split(' '),
      'aresample=async=1:min_hard_comp=0.03,aresample=rematrix_maxval=1:lfe_mix_level=0:filter_size=192:kaiser_beta=12:cutoff=0.975,aformat=sample_fmts=flt:sample_rates=48000:channel_layouts=stereo',
      ...'-abort_on empty_output -bsf:a setts=ts=N*1024 -f f32le pipe:1'.split(' '),
    ]);
  });

  test('of Ogg nothing is read ahead: links that FFmpeg has not come to would be told as damage', () => {
    const { plan } = planConversion(
      { ...source, facts: { ...source.facts, container: 'ogg' } },
      'm4a',
      '128k',
      {},
    );
    for (const args of [decodeArgs(plan, shape, lists, 2), encodeArgs(plan, lists, setting)])
      expect(args.join(' ')).toContain('-seekable 0 ');
  });

  test('the other cuts and encodes', () => {
    expect(encodePcmArgs(plan, shape, setting)).toEqual([
      ...'-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y'.split(' '),
      ...'-protocol_whitelist pipe -f f32le -sample_rate 48000 -ch_layout stereo -thread_queue_size 0 -i pipe:0'.split(
        ' ',
      ),
      ...'-f ffmetadata -i file:out.tags.txt -f flac -codec_whitelist flac -i file:out.carrier.flac'.split(
        ' ',
      ),
      ...'-map 0:0 -map 2:v:0 -c:v copy -disposition:v:0 attached_pic -map_metadata:s:v:0 2:s:v:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1 -af'.split(
        ' ',
      ),
      'asetpts=round(N/SR/TB),atrim=start_sample=48000:end_sample=96000,asetpts=round(N/SR/TB),aformat=channel_layouts=stereo',
      ...'-c:a aac -b:a 128k -movflags +faststart -movie_timescale 48000 -abort_on empty_output -f ipod file:out.m4a'.split(
        ' ',
      ),
    ]);
  });
});
