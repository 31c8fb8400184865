/** What can come in, and within which limits. */

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
