/** What the user is told about the choices of a plan. */
import type { Warning } from '@wavefleet/contracts/job.ts';

/** Each stable code with its sentence; `{name}` is replaced by the value of that name. */
const sentences = {
  QUALITY_IGNORED: '{format} is lossless, so the quality was ignored.',
  QUALITY_FIXED: '{format} has only one quality, so the quality was ignored.',
  RESAMPLED: 'The sample rate was reduced from {from} to {to} Hz, the highest that this format supports.',
  DOWNMIXED:
    'The {from} channels were mixed to {to}: the layout of {to} in this format has no place for each of them.',
  BIT_DEPTH_REDUCED: 'The samples were reduced from {from} to {to} bits.',
  BITRATE_REDUCED:
    'The bitrate was reduced from {from} to {to} kbit/s, the nearest one possible at this sample rate.',
  BITRATE_RAISED:
    'The bitrate was raised from {from} to {to} kbit/s, the nearest one possible at this sample rate.',
  BITRATE_AS_QUALITY:
    'Vorbis accepts no bitrate at this sample rate, so quality {to} was used instead of {from} kbit/s.',
  NO_CHAPTERS: 'The source has no chapters, so the zip holds one file.',
  CHAPTERS_MISSING: 'The source ends before its last chapters: {made} of {declared} could be made.',
  CHAPTERS_LOST: '{format} cannot hold chapters; dropped: {count}.',
  GAINS_DROPPED: 'Tags about the loudness of the source were dropped, because the level has changed.',
  TAGS_DROPPED:
    '{count} tag(s) of the source were left out or cut: their names are reserved or too long, or all tags together are too large.',
  COVER_DROPPED: 'The cover picture could not be kept.',
  SHAPE_CHANGED:
    'The sound changes midway between {shapes}. All of it was converted to {sampleRate} Hz with {channels} channel(s).',
  TRAILING_DATA: 'The file holds more sound than its header declares. All of it was converted.',
  SECOND_FILE:
    'The file holds several recordings one after another, and only one was converted. Split the file to convert all of them.',
  LINKS_LOST:
    'The file is a chain of {count} FLAC streams. Only those with {bits} bits, like the first one, could be decoded; missing: {lost}.',
  SAMPLES_INVALID:
    'Some samples in the file are not valid sound: not a number, infinite, or beyond +80 dBFS. They are clicks in the result, which was clipped at full scale.',
  PADDED: 'The sound is too short for this format. Silence was added at its end, up to {ms} ms.',
  TRACK_SKIPPED: 'Track {from} of the file cannot be decoded here, so track {to} was converted.',
  OTHER_TRACKS:
    'The file has {count} audio tracks; track {track} was converted. Choose another one with the option track.',
  SOUND_STARTS_LATE:
    'The sound begins {late} s after the picture, and the result begins with the sound. The option timeline can keep that silence.',
  TRIM_BEYOND_END: 'The source ends at {end} s, before the requested end.',
  CLIPPED:
    'The sound peaks at +{peak} dBFS, which this format cannot hold: {count} samples were clipped. Lower the level, or choose a lossy format, to keep them.',
  PEAKS_CHANGED:
    'The sound peaks at +{peak} dBFS, which {format} cannot hold unchanged: passages beyond full scale are quieter or distorted. Lower the level to keep them.',
  OUTPUT_SILENT: 'The channels cancel each other out, so the mono result is silent.',
  PHASE_CANCELLED:
    'Much of the sound has opposite phase in the channels, so the mono result is {lost} dB quieter.',
  SILENCE_ONLY: 'The sound is silent from start to end, so no silence was removed.',
  LOUDNESS_KEPT: 'The sound is too quiet or too short to normalise; its level was not changed.',
  PEAKS_LIMITED: 'To reach {target} LUFS without exceeding {ceiling} dBTP, a limiter reduced the peaks.',
  LOUDNESS_MISSED:
    'The result has {loudness} LUFS and {peak} dBTP: {target} LUFS could not be reached without exceeding {ceiling} dBTP.',
} as const;

/** Warnings that planning a conversion, carrying its cover or watching its levels can give. Codes are stable. */
export type PlanWarningCode = keyof typeof sentences;

/** The warning as it is stored with the job. Values are ours or numbers, never text from a file. */
export function planWarning(code: PlanWarningCode, values: Record<string, string | number> = {}): Warning {
  const message = sentences[code].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  return { code, message };
}
