/** What FFmpeg is told for each output format, word for word. */
import { type FormatName, formatNames, outputFormats } from '@wavefleet/contracts/formats.ts';
import { expect, test } from 'vitest';
import { encodeArgs } from './args/encode-args.ts';
import { encoderOf } from './encoders.ts';
import { encodeFiles } from './folder-files.ts';
import { planConversion } from './plan/plan.ts';
import type { ProbedSource } from './probing/source.ts';
import { soxr } from './resampler.ts';

const lists = { demuxers: ['wav', 'flac'], decoders: ['pcm_s16le', 'flac'] };
const source: ProbedSource = {
  facts: {
    container: 'flac',
    codec: 'flac',
    durationSeconds: 60,
    sampleRate: 44_100,
    channels: 2,
    bitDepth: 24,
    streams: 2,
    hasCover: true,
    tags: { title: 'T' },
  },
  audioStream: 0,
  layout: 'stereo',
  lateSeconds: 0,
  durationSlackSeconds: 0.05,
  pictureStream: 1,
  language: undefined,
  chapters: [],
};

/** The whole command for a FLAC of 24 bits with a title and a cover, every option left to its default. */
const commands: Readonly<Record<FormatName, string>> = {
  mp3: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -f flac -codec_whitelist flac -i file:out.carrier.flac
    -map 0:0 -map 2:v:0 -c:v copy -disposition:v:0 attached_pic -map_metadata:s:v:0 2:s:v:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aformat=channel_layouts=stereo,volume=1.0309:precision=float,asetnsamples=n=44100:p=0,ametadata=mode=add:key=counted:value=1,asetpts=N+S,ametadata=mode=print:file=out.levels.counted.txt,asetpts=round(N/SR/TB)
    -c:a libmp3lame -b:a 192k -write_xing 1 -id3v2_version 3 -write_id3v1 0
    -abort_on empty_output -f mp3 file:out.mp3`,
  aac: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aformat=channel_layouts=stereo
    -c:a aac -b:a 160k
    -abort_on empty_output -f adts file:out.aac`,
  m4a: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -f flac -codec_whitelist flac -i file:out.carrier.flac
    -map 0:0 -map 2:v:0 -c:v copy -disposition:v:0 attached_pic -map_metadata:s:v:0 2:s:v:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aformat=channel_layouts=stereo
    -c:a aac -b:a 160k -movflags +faststart -movie_timescale 44100
    -abort_on empty_output -f ipod file:out.m4a`,
  m4b: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -f flac -codec_whitelist flac -i file:out.carrier.flac
    -map 0:0 -map 2:v:0 -c:v copy -disposition:v:0 attached_pic -map_metadata:s:v:0 2:s:v:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aformat=channel_layouts=stereo
    -c:a aac -b:a 160k -movflags +faststart -movie_timescale 44100 -brand M4B_ -metadata media_type=2
    -abort_on empty_output -f ipod file:out.m4b`,
  alac: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -f flac -codec_whitelist flac -i file:out.carrier.flac
    -map 0:0 -map 2:v:0 -c:v copy -disposition:v:0 attached_pic -map_metadata:s:v:0 2:s:v:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aformat=channel_layouts=stereo
    -c:a alac -sample_fmt s32p -bits_per_raw_sample 24 -movflags +faststart -movie_timescale 44100
    -abort_on empty_output -f ipod file:out.m4a`,
  ogg: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:g -map_chapters 1
    -af asetpts=round(N/SR/TB),aformat=channel_layouts=stereo
    -c:a libvorbis -q:a 5
    -abort_on empty_output -f ogg file:out.ogg`,
  opus: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:g -map_chapters 1
    -af asetpts=round(N/SR/TB),aresample=48000:filter_size=64:kaiser_beta=9:cutoff=1:internal_sample_fmt=fltp,aformat=channel_layouts=stereo
    -c:a libopus -b:a 128k -vbr on
    -abort_on empty_output -f opus file:out.opus`,
  flac: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -f flac -codec_whitelist flac -i file:out.carrier.flac
    -map 0:0 -map 2:v:0 -c:v copy -disposition:v:0 attached_pic -map_metadata:s:v:0 2:s:v:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aformat=channel_layouts=stereo
    -c:a flac -sample_fmt s32 -bits_per_raw_sample 24
    -abort_on empty_output -f flac file:out.flac`,
  wav: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB)
    -c:a pcm_s24le -rf64 auto
    -abort_on empty_output -f wav file:out.wav`,
  aiff: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -f flac -codec_whitelist flac -i file:out.carrier.flac
    -map 0:0 -map 2:v:0 -c:v copy -disposition:v:0 attached_pic -map_metadata:s:v:0 2:s:v:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB)
    -c:a pcm_s24be -write_id3v2 1
    -abort_on empty_output -f aiff file:out.aiff`,
  caf: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB)
    -c:a pcm_s24le
    -abort_on empty_output -f caf file:out.caf`,
  webm: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aresample=48000:filter_size=64:kaiser_beta=9:cutoff=1:internal_sample_fmt=fltp,aformat=channel_layouts=stereo
    -c:a libopus -b:a 128k -vbr on
    -abort_on empty_output -f webm file:out.webm`,
  'wav-ulaw': `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aresample=8000:resampler=soxr:precision=20:internal_sample_fmt=fltp,aformat=sample_fmts=fltp:channel_layouts=stereo,asetnsamples=n=2000:p=0,astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level,ametadata=mode=print:key=lavfi.astats.Overall.Peak_level:function=greater:value=0.000001:file=out.levels.clipping.txt
    -c:a pcm_mulaw
    -abort_on empty_output -f wav file:out.wav`,
  'wav-alaw': `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aresample=8000:resampler=soxr:precision=20:internal_sample_fmt=fltp,aformat=sample_fmts=fltp:channel_layouts=stereo,asetnsamples=n=2000:p=0,astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level,ametadata=mode=print:key=lavfi.astats.Overall.Peak_level:function=greater:value=0.000001:file=out.levels.clipping.txt
    -c:a pcm_alaw
    -abort_on empty_output -f wav file:out.wav`,
  ac3: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aformat=channel_layouts=stereo
    -c:a ac3 -b:a 192k
    -abort_on empty_output -f ac3 file:out.ac3`,
  eac3: `-nostdin -hide_banner -v error -nostats -progress pipe:3 -stats_period 0.25 -y
    -protocol_whitelist file -format_whitelist wav,flac -max_pixels 25000000 -max_streams 64
    -codec_whitelist pcm_s16le,flac -err_detect crccheck -threads 2 -vn -sn -dn -reinit_filter 0 -thread_queue_size 0 -i file:in -f ffmetadata -i file:out.tags.txt
    -map 0:0 -map_metadata 1 -map_metadata:s:a:0 1:s:0 -map_chapters 1
    -af asetpts=round(N/SR/TB),aformat=channel_layouts=stereo
    -c:a eac3 -b:a 192k
    -abort_on empty_output -f eac3 file:out.eac3`,
};

test.each(formatNames)('the whole command that makes %s', (format) => {
  const { plan } = planConversion(source, format, undefined, {});
  const hasCarrier = encoderOf(format).cover === 'stream';
  const args = encodeArgs(plan, lists, {
    files: encodeFiles('out', format),
    hasCarrier,
    threads: 2,
    resampler: soxr,
  });
  // Brands have four letters, the last one may be a space.
  expect(args).toEqual(commands[format].split(/\s+/).map((arg) => arg.replace('M4B_', 'M4B ')));
});

test('MP4 counts in samples, unless a chapter is longer than can be said so', () => {
  const long = 2 ** 31 / 44_100;
  const argsOf = (...ends: number[]) =>
    encoderOf('m4b').container?.({
      sampleRate: 44_100,
      chapters: ends.map((endSeconds, index) => ({
        startSeconds: ends[index - 1] ?? 0,
        endSeconds,
        title: '',
      })),
    });
  expect(argsOf()).toContain('-movie_timescale');
  expect(argsOf(1, long, long + 1)).toContain('-movie_timescale');
  expect(argsOf(1, long + 1, long + 2)).not.toContain('-movie_timescale');
});

test.each(formatNames)('what comes out of %s is what the catalogue calls it', (format) => {
  const codecs = ([16, 24, 32] as const).map((bitDepth) =>
    encoderOf(format).codec({ bitDepth, quality: undefined, channels: 2 }),
  );
  for (const codec of codecs) expect(codec.startsWith(outputFormats[format].codec), codec).toBe(true);
});
