/**
 * How FFmpeg makes each output format: one row a format, and nothing else in the worker asks which format it
 * has. What a format is to the user stands in the catalogue (`contracts/src/formats.ts`).
 */
import type { FormatName, outputFormats } from '@wavefleet/contracts/formats.ts';
import type { EncoderQuality } from '@wavefleet/contracts/request.ts';
import type { ContainerChoice, Encoder, EncoderChoice } from './encoder.ts';

/** A row, held to what the catalogue promises of the format's cover. */
type EncoderFor<Name extends FormatName> = Encoder & {
  readonly cover: (typeof outputFormats)[Name]['cover'] extends true ? 'stream' | 'tag' : 'none';
};

/** Vorbis and Opus (mapping family 1) define exactly these orders; libopus refuses all others. */
const vorbisOrders = ['mono', 'stereo', '3.0', 'quad', '5.0', '5.1', '6.1', '7.1'];
/** AAC channel configurations 1 to 6: others need a program config element, which players lack. */
const aacConfigurations = ['mono', 'stereo', '3.0', '4.0', '5.0', '5.1'];

/** ATSC A/52's audio coding modes, as decoders name them. */
const ac3Modes = ['mono', 'stereo', '3.0', '4.0', '5.0(side)', '5.1(side)'];

/** What most rows have in common. */
const usual = {
  mixdown: 'stereo',
  tagsOn: 'container',
  values: 'none',
  chapters: 'none',
  gains: 'replaygain',
  length: 'header',
} as const;

/** What rows of AAC have in common. */
const usualAac = {
  ...usual,
  // Windows with more than 0.95 of full scale are turned down to that (`avoid_clipping` in libavcodec/aacenc.c).
  mostDbfs: 0,
} as const;

/** Integers of 14 and 13 bits. */
const usualPhone = { ...usual, mostDbfs: 0 } as const;

/** Coefficients end at 1, which a square wave comes to at 2.9 dBFS and a sine at 5 (measured). */
const usualAc3 = { ...usual, mostDbfs: 2 } as const;

const aacArgs = ({ quality }: EncoderChoice): string[] => ['-c:a', 'aac', ...rateArgs(quality)];

/**
 * Edits, by which a player knows where the sound begins and ends, count in the time of the whole movie: in samples, where
 * FFmpeg would take milliseconds and lose up to one of the sound. Lengths have 64 bits where they need them, but those of
 * chapters have 31 (13.5 hours at 44.1 kHz): with a longer one it stays with milliseconds.
 */
const mp4Args = ({ sampleRate, chapters }: ContainerChoice): string[] => {
  const ends = [0, ...chapters.map(({ endSeconds }) => endSeconds)];
  const isShort = chapters.every(
    ({ endSeconds }, index) => (endSeconds - (ends[index] ?? 0)) * sampleRate < 2 ** 31,
  );
  return ['-movflags', '+faststart', ...(isShort ? ['-movie_timescale', String(sampleRate)] : [])];
};
/** Fullband is what Opus calls it (RFC 6716 §2). */
const OPUS_TOP_HZ = 20_000;

const opusArgs = ({ quality, channels }: EncoderChoice): string[] => [
  ...['-c:a', 'libopus', ...rateArgs(quality)],
  ...['-vbr', 'on', ...(misledByFfmpeg.includes(channels) ? ['-mapping_family', '1'] : [])],
];
/**
 * Of so many channels FFmpeg puts some into places of others, as of 7.1 still: the centre of 5.0 is heard at the right
 * back. Told the family, it leaves their order to libopus, which knows it (RFC 7845 §5.1.1.2).
 */
const misledByFfmpeg: readonly number[] = [5, 7];

const encoders = {
  mp3: {
    ...usual,
    values: 'id3',
    chapters: 'native',
    muxer: 'mp3',
    // ID3v2.3 is what the oldest players read, but only 2.4 holds several values; the Xing header gives length and
    // gapless playback.
    args: ({ quality, severalValues }) => [
      ...['-c:a', 'libmp3lame', ...rateArgs(quality)],
      ...['-write_xing', '1', '-id3v2_version', severalValues ? '4' : '3', '-write_id3v1', '0'],
    ],
    codec: () => 'mp3',
    layouts: ['mono', 'stereo'],
    cover: 'stream',
    loss: ({ quality }) => lameScale(quality),
    length: 'lame-header',
    // Its muxer takes the padding of the last packet for all that there is, and up to 46 samples may lie in the one before.
    isCounted: true,
  },
  aac: {
    ...usualAac,
    muxer: 'adts',
    args: aacArgs,
    codec: () => 'aac',
    layouts: aacConfigurations,
    cover: 'none',
    length: 'adts-packets',
  },
  m4a: {
    ...usualAac,
    values: 'mp4',
    chapters: 'native',
    // Writes the M4A brand and the cover; plain `mov` drops the cover.
    muxer: 'ipod',
    args: aacArgs,
    container: mp4Args,
    codec: () => 'aac',
    layouts: aacConfigurations,
    cover: 'stream',
  },
  m4b: {
    ...usualAac,
    values: 'mp4',
    chapters: 'native',
    muxer: 'ipod',
    // By the brand and the media type (2: audiobook) Apple's players know a book: they keep the place, and show chapters.
    args: aacArgs,
    container: (choice) => [...mp4Args(choice), '-brand', 'M4B ', '-metadata', 'media_type=2'],
    codec: () => 'aac',
    layouts: aacConfigurations,
    cover: 'stream',
  },
  alac: {
    ...usual,
    values: 'mp4',
    chapters: 'native',
    muxer: 'ipod',
    args: ({ bitDepth }) => [
      ...['-c:a', 'alac', '-sample_fmt', bitDepth === 24 ? 's32p' : 's16p', ...rawBits(bitDepth)],
    ],
    container: mp4Args,
    codec: () => 'alac',
    layouts: ['mono', 'stereo', '3.0', '4.0', '5.0', '5.1', '6.1(back)', '7.1(wide)'],
    // Its only layout of 8 channels differs from the usual 7.1.
    mixdown: '5.1',
    cover: 'stream',
  },
  ogg: {
    ...usual,
    values: 'ogg',
    chapters: 'comments',
    muxer: 'ogg',
    args: ({ quality }) => ['-c:a', 'libvorbis', ...rateArgs(quality)],
    codec: () => 'vorbis',
    layouts: vorbisOrders,
    tagsOn: 'stream',
    cover: 'tag',
  },
  opus: {
    ...usual,
    values: 'ogg',
    chapters: 'comments',
    gains: 'r128',
    muxer: 'opus',
    args: opusArgs,
    topHz: OPUS_TOP_HZ,
    codec: () => 'opus',
    layouts: vorbisOrders,
    tagsOn: 'stream',
    cover: 'tag',
    length: 'ogg-pages',
  },
  flac: {
    ...usual,
    values: 'flac',
    chapters: 'comments',
    muxer: 'flac',
    args: ({ bitDepth }) => [
      ...['-c:a', 'flac', '-sample_fmt', bitDepth === 24 ? 's32' : 's16', ...rawBits(bitDepth)],
    ],
    codec: () => 'flac',
    layouts: ['mono', 'stereo', '3.0', 'quad', '5.0', '5.0(side)', '5.1', '5.1(side)', '6.1', '7.1'],
    cover: 'stream',
  },
  wav: {
    ...usual,
    muxer: 'wav',
    args: (choice) => ['-c:a', pcm(choice, 'le'), '-rf64', 'auto'],
    codec: (choice) => pcm(choice, 'le'),
    layouts: 'any',
    cover: 'none',
  },
  aiff: {
    ...usual,
    values: 'id3',
    chapters: 'native',
    muxer: 'aiff',
    args: (choice) => ['-c:a', pcm(choice, 'be'), '-write_id3v2', '1'],
    codec: (choice) => pcm(choice, 'be'),
    layouts: 'any',
    cover: 'stream',
    mostBytes: 2 ** 32 - 1,
  },
  caf: {
    ...usual,
    muxer: 'caf',
    // PCM, as Logic records it and iOS takes it for sounds of an app. Not ALAC: FFmpeg 5.1 declares the whole last
    // packet of 4096 samples as sound, so that a result ends up to 93 ms late at 44.1 kHz.
    args: (choice) => ['-c:a', pcm(choice, 'le')],
    codec: (choice) => pcm(choice, 'le'),
    layouts: 'any',
    cover: 'none',
  },
  webm: {
    ...usual,
    chapters: 'native',
    muxer: 'webm',
    args: opusArgs,
    topHz: OPUS_TOP_HZ,
    codec: () => 'opus',
    layouts: vorbisOrders,
    cover: 'none',
    length: 'webm-blocks',
  },
  'wav-ulaw': {
    ...usualPhone,
    muxer: 'wav',
    args: () => ['-c:a', 'pcm_mulaw'],
    codec: () => 'pcm_mulaw',
    layouts: ['mono', 'stereo'],
    cover: 'none',
  },
  'wav-alaw': {
    ...usualPhone,
    muxer: 'wav',
    args: () => ['-c:a', 'pcm_alaw'],
    codec: () => 'pcm_alaw',
    layouts: ['mono', 'stereo'],
    cover: 'none',
  },
  ac3: {
    ...usualAc3,
    muxer: 'ac3',
    args: ({ quality }) => ['-c:a', 'ac3', ...rateArgs(quality)],
    codec: () => 'ac3',
    layouts: ac3Modes,
    mixdown: '5.1(side)',
    cover: 'none',
    length: 'ac3-packets',
  },
  eac3: {
    ...usualAc3,
    muxer: 'eac3',
    args: ({ quality }) => ['-c:a', 'eac3', ...rateArgs(quality)],
    codec: () => 'eac3',
    layouts: ac3Modes,
    mixdown: '5.1(side)',
    cover: 'none',
    length: 'ac3-packets',
  },
} as const satisfies { readonly [Name in FormatName]: EncoderFor<Name> };

/** The row of a format. */
export function encoderOf(format: FormatName): Encoder {
  return encoders[format];
}

/**
 * LAME makes everything up to 0.45 dB quieter (`scale` of its bitrate presets in libmp3lame/presets.c, and measured), so
 * that fewer decoders clip; no option of FFmpeg's turns that off. A result would not be as loud as in other formats.
 */
function lameScale(quality: EncoderQuality | undefined): number {
  if (quality === undefined || !('kbps' in quality) || quality.kbps > 240) return 1;
  return quality.kbps > 208 ? 0.98 : quality.kbps > 176 ? 0.97 : 0.95;
}

function rateArgs(quality: EncoderQuality | undefined): string[] {
  if (quality === undefined) return [];
  if ('kbps' in quality) return ['-b:a', `${quality.kbps}k`];
  // For Vorbis more is better, for LAME (whose V it is) less.
  return ['-q:a', String('q' in quality ? quality.q : quality.v)];
}

/** FLAC and ALAC hold 24 bits in 32-bit samples; without the figure FFmpeg 7 would write 32-bit FLAC. */
function rawBits(bitDepth: EncoderChoice['bitDepth']): string[] {
  return bitDepth === 24 ? ['-bits_per_raw_sample', '24'] : [];
}

function pcm({ bitDepth }: EncoderChoice, byteOrder: 'le' | 'be'): string {
  return bitDepth === 32 ? `pcm_f32${byteOrder}` : `pcm_s${bitDepth ?? 16}${byteOrder}`;
}
