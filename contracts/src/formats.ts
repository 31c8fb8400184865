/**
 * The format catalogue: what can come out, and within which limits. The page, the API's validation and
 * the worker's plan all read it, so none of them can offer what another refuses. One row a format; how
 * FFmpeg makes it stands in the worker's `encoders.ts`.
 */
import { aacBitrates, mp3Bitrates, opusBitrates, vorbisBitrates, vorbisNominalKbps } from './bitrates.ts';
import type { OutputFormat, QualityScale } from './output-format.ts';
import { aacRates, anyRate, flacRate, mp3Rates, opusRates, ratesUpTo } from './sample-rates.ts';

const aacScale: QualityScale = {
  unit: 'kbps',
  min: 16,
  max: 320,
  low: 96,
  medium: 160,
  high: 256,
  bitrates: aacBitrates,
  constant: true,
};
const opusScale: QualityScale = {
  unit: 'kbps',
  min: 6,
  max: 256,
  low: 64,
  medium: 128,
  high: 192,
  bitrates: opusBitrates,
  constant: false,
};

/** What lossless coding leaves of PCM: half for quiet or mono-like sound, three quarters for loud music. */
const COMPRESSED_SHARE = 0.6;

/** One row a format. */
export const outputFormats = {
  mp3: {
    label: 'MP3',
    extension: 'mp3',
    mimeType: 'audio/mpeg',
    codec: 'mp3',
    lossless: false,
    quality: {
      unit: 'kbps',
      min: 8,
      max: 320,
      low: 128,
      medium: 192,
      high: 320,
      bitrates: mp3Bitrates,
      constant: true,
    },
    sampleRates: mp3Rates,
    maxChannels: 2,
    cover: true,
    tags: 'all',
    undeclaredSamples: 0,
    browserPlayable: true,
    since: 1,
  },
  aac: {
    label: 'AAC (ADTS)',
    extension: 'aac',
    mimeType: 'audio/aac',
    codec: 'aac',
    lossless: false,
    quality: aacScale,
    sampleRates: aacRates,
    maxChannels: 6,
    cover: false,
    tags: 'few',
    // ADTS: FFmpeg plays the encoder's first frame of 1024 samples and the whole last one.
    undeclaredSamples: 2_048,
    browserPlayable: true,
    since: 1,
  },
  m4a: {
    label: 'M4A (AAC)',
    extension: 'm4a',
    mimeType: 'audio/mp4',
    codec: 'aac',
    lossless: false,
    quality: aacScale,
    sampleRates: aacRates,
    maxChannels: 6,
    cover: true,
    tags: 'common',
    undeclaredSamples: 0,
    browserPlayable: true,
    since: 1,
  },
  alac: {
    label: 'Apple Lossless (M4A)',
    extension: 'm4a',
    mimeType: 'audio/mp4',
    codec: 'alac',
    lossless: true,
    shareOfPcm: COMPRESSED_SHARE,
    smaller: 'm4a',
    takesSampleRate: ratesUpTo(384_000),
    maxChannels: 8,
    cover: true,
    tags: 'common',
    undeclaredSamples: 0,
    browserPlayable: false,
    since: 1,
  },
  ogg: {
    label: 'Ogg Vorbis',
    extension: 'ogg',
    mimeType: 'audio/ogg',
    codec: 'vorbis',
    lossless: false,
    quality: {
      unit: 'q',
      min: 0,
      max: 10,
      low: 2,
      medium: 5,
      high: 8,
      kbps: { min: 32, max: 500 },
      bitrates: vorbisBitrates,
      nominalKbps: vorbisNominalKbps,
      constant: false,
    },
    // Highest rate measured on libvorbis 1.3.7.
    takesSampleRate: ratesUpTo(192_000),
    maxChannels: 8,
    cover: true,
    tags: 'all',
    undeclaredSamples: 0,
    browserPlayable: true,
    since: 1,
  },
  opus: {
    label: 'Opus',
    extension: 'opus',
    mimeType: 'audio/ogg; codecs=opus',
    codec: 'opus',
    lossless: false,
    quality: opusScale,
    sampleRates: opusRates,
    maxChannels: 8,
    cover: true,
    tags: 'all',
    undeclaredSamples: 0,
    browserPlayable: true,
    since: 1,
  },
  flac: {
    label: 'FLAC',
    extension: 'flac',
    mimeType: 'audio/flac',
    codec: 'flac',
    lossless: true,
    shareOfPcm: COMPRESSED_SHARE,
    smaller: 'm4a',
    takesSampleRate: flacRate,
    maxChannels: 8,
    cover: true,
    tags: 'all',
    undeclaredSamples: 0,
    browserPlayable: true,
    since: 1,
  },
  wav: {
    label: 'WAV',
    extension: 'wav',
    mimeType: 'audio/wav',
    codec: 'pcm',
    lossless: true,
    shareOfPcm: 1,
    smaller: 'flac',
    takesSampleRate: anyRate,
    maxChannels: 16,
    cover: false,
    tags: 'few',
    undeclaredSamples: 0,
    browserPlayable: true,
    since: 1,
  },
  aiff: {
    label: 'AIFF',
    extension: 'aiff',
    mimeType: 'audio/aiff',
    codec: 'pcm',
    lossless: true,
    shareOfPcm: 1,
    smaller: 'flac',
    takesSampleRate: anyRate,
    maxChannels: 16,
    cover: true,
    tags: 'all',
    undeclaredSamples: 0,
    browserPlayable: false,
    since: 1,
  },
  caf: {
    label: 'CAF',
    extension: 'caf',
    mimeType: 'audio/x-caf',
    codec: 'pcm',
    lossless: true,
    shareOfPcm: 1,
    // Who asks for CAF works with Apple's programs.
    smaller: 'alac',
    takesSampleRate: anyRate,
    maxChannels: 16,
    cover: false,
    tags: 'all',
    undeclaredSamples: 0,
    browserPlayable: false,
    since: 2,
  },
  webm: {
    label: 'WebM (Opus)',
    extension: 'webm',
    mimeType: 'audio/webm',
    codec: 'opus',
    lossless: false,
    quality: opusScale,
    sampleRates: opusRates,
    maxChannels: 8,
    cover: false,
    tags: 'all',
    undeclaredSamples: 0,
    browserPlayable: true,
    since: 1,
  },
} as const satisfies Record<string, OutputFormat>;

/** The name of an output format, as a job asks for it. */
export type FormatName = keyof typeof outputFormats;

/** Every output format, in the order in which people are shown them. */
export const formatNames = Object.keys(outputFormats) as [FormatName, ...FormatName[]];

/** The catalogue's row of a format, as every format's row looks. */
export function outputFormat(name: FormatName): OutputFormat {
  return outputFormats[name];
}

/** The entry of a name that may not be in this catalogue, such as that of a job which a newer version took. */
export function findOutputFormat(name: string): OutputFormat | undefined {
  return Object.hasOwn(outputFormats, name) ? outputFormats[name as FormatName] : undefined;
}
