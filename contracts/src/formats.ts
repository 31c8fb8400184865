/**
 * The format catalogue: what can come out, and within which limits. The page, the API's validation and
 * the worker's argument builder all read it, so none of them can offer what another refuses.
 */

/** How a lossy encoder is steered; all figures are in the unit of `unit`. Vorbis also takes bitrates. */
interface QualityScale {
  /** `kbps`: a constant or target bitrate such as `192k`. `q`: Vorbis quality such as `q5`. */
  readonly unit: 'kbps' | 'q';
  readonly min: number;
  readonly max: number;
  /** What `low`, `medium` (the default) and `high` stand for, for a stereo file. */
  readonly low: number;
  readonly medium: number;
  readonly high: number;
}

interface OutputFormat {
  readonly label: string;
  readonly extension: string;
  readonly mimeType: string;
  /** The codec name ffprobe reports for the result. */
  readonly codec: string;
  readonly lossless: boolean;
  /** Undefined for lossless formats: their quality is the source's. */
  readonly quality?: QualityScale;
  /** Sample rates in Hz that the encoder takes; undefined means any rate. */
  readonly sampleRates?: readonly number[];
  readonly maxChannels: number;
  /** Whether a cover picture survives in this container. */
  readonly cover: boolean;
  /** Whether free text tags survive in this container. */
  readonly tags: 'all' | 'common' | 'few';
  /** Whether Chromium, Firefox and Safari of today all play it; else the job gets a preview. */
  readonly browserPlayable: boolean;
  /** What workers must be able to do to make it (`needs.ts`): one more than before for a new format. Default 1. */
  readonly since?: number;
}

const mp3Rates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000] as const;
const aacRates = [
  7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000,
] as const;
const opusRates = [48000] as const;

const aacScale: QualityScale = { unit: 'kbps', min: 16, max: 320, low: 96, medium: 160, high: 256 };
const opusScale: QualityScale = { unit: 'kbps', min: 6, max: 256, low: 64, medium: 128, high: 192 };

export const outputFormats = {
  mp3: {
    label: 'MP3',
    extension: 'mp3',
    mimeType: 'audio/mpeg',
    codec: 'mp3',
    lossless: false,
    quality: { unit: 'kbps', min: 8, max: 320, low: 128, medium: 192, high: 320 },
    sampleRates: mp3Rates,
    maxChannels: 2,
    cover: true,
    tags: 'all',
    browserPlayable: true,
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
    browserPlayable: true,
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
    browserPlayable: true,
  },
  alac: {
    label: 'Apple Lossless (M4A)',
    extension: 'm4a',
    mimeType: 'audio/mp4',
    codec: 'alac',
    lossless: true,
    maxChannels: 8,
    cover: true,
    tags: 'common',
    browserPlayable: false,
  },
  ogg: {
    label: 'Ogg Vorbis',
    extension: 'ogg',
    mimeType: 'audio/ogg',
    codec: 'vorbis',
    lossless: false,
    quality: { unit: 'q', min: 0, max: 10, low: 2, medium: 5, high: 8 },
    maxChannels: 8,
    cover: true,
    tags: 'all',
    browserPlayable: true,
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
    browserPlayable: true,
  },
  flac: {
    label: 'FLAC',
    extension: 'flac',
    mimeType: 'audio/flac',
    codec: 'flac',
    lossless: true,
    maxChannels: 8,
    cover: true,
    tags: 'all',
    browserPlayable: true,
  },
  wav: {
    label: 'WAV',
    extension: 'wav',
    mimeType: 'audio/wav',
    codec: 'pcm',
    lossless: true,
    maxChannels: 16,
    cover: false,
    tags: 'few',
    browserPlayable: true,
  },
  aiff: {
    label: 'AIFF',
    extension: 'aiff',
    mimeType: 'audio/aiff',
    codec: 'pcm',
    lossless: true,
    maxChannels: 16,
    cover: true,
    tags: 'all',
    browserPlayable: false,
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
    browserPlayable: true,
  },
} as const satisfies Record<string, OutputFormat>;

/** The name of an output format, as a job asks for it. */
export type FormatName = keyof typeof outputFormats;

export const formatNames = Object.keys(outputFormats) as [FormatName, ...FormatName[]];

/** The catalogue entry with its optional fields visible to the type checker. */
export function outputFormat(name: FormatName): OutputFormat {
  return outputFormats[name];
}

/** The entry of a name that may not be in this catalogue, such as that of a job which a newer version took. */
export function findOutputFormat(name: string): OutputFormat | undefined {
  return Object.hasOwn(outputFormats, name) ? outputFormats[name as FormatName] : undefined;
}

/** Containers and codecs that are accepted as input, for people. The demuxer allowlist decides. */
export const inputFormats = [
  'wav',
  'mp3',
  'm4a',
  'alac',
  'aac',
  'flac',
  'ogg',
  'opus',
  'aiff',
  'wma',
  'webm',
  'mp4',
  'mov',
  'mkv',
  'avi',
  'amr',
  'ac3',
  'eac3',
  'dts',
  'ape',
  'wavpack',
  'tta',
  'tak',
  'musepack',
  'caf',
  'au',
  'w64',
  'dsf',
] as const;

/** Limits on the source, the same for every format. */
export const inputLimits = {
  minSampleRate: 1_000,
  maxSampleRate: 768_000,
  maxChannels: 16,
  maxStreams: 64,
} as const;
