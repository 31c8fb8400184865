/** What the user is told about the choices of a plan. */
import type { Warning } from '@wavefleet/contracts/job.ts';

/** Each stable code with its sentence; `{name}` is replaced by the value of that name. */
const sentences = {
  QUALITY_IGNORED: '{format} is lossless, so the quality was ignored.',
  QUALITY_FIXED: '{format} has only one quality, so the quality was ignored.',
  RESAMPLED: 'The sample rate was reduced from {from} to {to} Hz, the most this format holds.',
  DOWNMIXED: 'The {from} channels were mixed to {to}, in which this format has no place for each of them.',
  BIT_DEPTH_REDUCED: 'The samples were reduced from {from} to {to} bits.',
  BITRATE_REDUCED:
    'The bitrate was reduced from {from} to {to} kbit/s, the nearest that there is at this sample rate.',
  BITRATE_RAISED:
    'The bitrate was raised from {from} to {to} kbit/s, the nearest that there is at this sample rate.',
  BITRATE_AS_QUALITY: 'At this sample rate Vorbis takes no bitrate: {from} kbit/s became quality {to}.',
  NO_CHAPTERS: 'The source has no chapters: the zip holds one file.',
  CHAPTERS_MISSING: 'The source ends before its last chapters: {made} of {declared} could be made.',
  CHAPTERS_LOST: '{format} has no place for chapters: {count} were lost.',
  GAINS_DROPPED: 'Tags that say how loud the source is were dropped, since the level has changed.',
  TAGS_DROPPED:
    'The source has {count} tag(s) that were left out or cut: the name is reserved or too long, or all tags together are.',
  COVER_DROPPED: 'The cover picture could not be kept.',
  SHAPE_CHANGED:
    'The sound changes on the way between {shapes}. All of it was converted, as {sampleRate} Hz with {channels} channel(s).',
  TRAILING_DATA: 'The sound goes on behind the end that the header declares. All of it was converted.',
  SECOND_FILE:
    'The file holds several recordings behind each other, of which one was converted. Take it apart to convert all.',
  LINKS_LOST:
    'The file is a chain of {count} FLAC streams, of which {lost} are not of {bits} bits as the first one is. Those could not be decoded, and are missing.',
  SAMPLES_INVALID:
    'Some samples of the file are no sound: not a number, infinite, or beyond +80 dBFS. They are clicks in the result, which was cut at full scale.',
  PADDED: 'The sound is too short for this format. Silence was added at its end, up to {ms} ms.',
  TRACK_SKIPPED: 'Track {from} of the file cannot be decoded here, so track {to} was converted.',
  OTHER_TRACKS:
    'The file has {count} audio tracks; track {track} was converted. Ask for another with the option track.',
  SOUND_STARTS_LATE:
    'The sound begins {late} s after the picture, and the result begins with the sound. The option timeline can keep that silence.',
  TRIM_BEYOND_END: 'The source ends at {end} s, before the requested end.',
  CLIPPED:
    'The sound goes up to +{peak} dBFS, which this format cannot hold: {count} samples were clipped. A lower level, or a lossy format, keeps them.',
  PEAKS_CHANGED:
    'The sound goes up to +{peak} dBFS, which {format} does not take as it is: passages beyond full scale are quieter or distorted. A lower level keeps them.',
  OUTPUT_SILENT: 'The channels cancel each other out, so the mono result is silent.',
  PHASE_CANCELLED:
    'Much of the sound is of opposite phase in the channels: in mono it is {lost} dB quieter than it was.',
  SILENCE_ONLY: 'The sound is silent from start to end, so no silence was left out.',
  LOUDNESS_KEPT: 'The sound is too quiet or too short to normalise; its level is as it was.',
  PEAKS_LIMITED: 'To reach {target} LUFS below {ceiling} dBTP, a limiter held the peaks down.',
  LOUDNESS_MISSED:
    'The result has {loudness} LUFS and {peak} dBTP: {target} LUFS could not be reached below {ceiling} dBTP.',
} as const;

/** Warnings that planning a conversion, carrying its cover or watching its levels can give. Codes are stable. */
export type PlanWarningCode = keyof typeof sentences;

/** The warning as it is stored with the job. Values are ours or numbers, never text from a file. */
export function planWarning(code: PlanWarningCode, values: Record<string, string | number> = {}): Warning {
  const message = sentences[code].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  return { code, message };
}
