/** From what ffprobe says of a source to our own types. */
import { FRONT_COVER } from '../args/cover-args.ts';
import { planWarning } from '../plan/plan-warnings.ts';
import { orderedChapters } from '../tags/chapters.ts';
import { cleanTags } from '../tags/clean-tags.ts';
import type { SeveralValues } from '../tags/values/read-values.ts';
import type { ProbedStream, ProbeJson } from './probe-json.ts';
import type { ProbedSource } from './source.ts';
import { chooseTrack, languageIn } from './tracks.ts';

/** What is known of a length, whatever ffprobe declares. */
export interface KnownLength {
  /** It computed that from size and bitrate (ADTS, MP3 without a Xing header), or took that of a part (chains in Ogg). */
  readonly isEstimate: boolean;
  /** Undefined where ffprobe is to be believed. */
  readonly seconds: number | undefined;
}

/**
 * Maps ffprobe's answer to our own types. Throws when there is no sound to convert.
 * @param known.track which track was asked for, as `tracks.ts` takes it.
 */
export function mapProbe(
  json: ProbeJson,
  known: {
    readonly several: SeveralValues;
    readonly length: KnownLength;
    readonly track: number | string | undefined;
  },
): Omit<ProbedSource, 'lateSeconds'> {
  const { hasCover, pictureStream } = coverOf(json.streams);
  const { stream: chosen, track, skipped, all: tracks } = chooseTrack(json.streams, known.track);
  // Matroska declares one duration for the whole file, and a video may outlast its sound.
  const isVideo = json.streams.some(
    (stream) => stream.codec_type === 'video' && stream.disposition.attached_pic === 0,
  );
  const whole = isVideo ? json.format.duration : lengthOfSound(json, chosen);
  const { kept, lost } = cleanTags(json.format.tags, chosen.tags, known.several);
  const duration = known.length.seconds ?? chosen.duration ?? whole;
  return {
    notes: lost === 0 ? [] : [planWarning('TAGS_DROPPED', { count: lost })],
    facts: {
      container: json.format.format_name,
      codec: chosen.codec_name ?? 'unknown',
      durationSeconds: duration === undefined || !isPossible(duration) ? null : duration,
      sampleRate: Math.trunc(chosen.sample_rate ?? 0),
      channels: Math.trunc(chosen.channels ?? 0),
      bitDepth: bitDepthOf(chosen),
      streams: json.format.nb_streams,
      hasCover,
      ...kept,
      tracks: [...tracks],
      track,
    },
    audioStream: chosen.index,
    skippedTrack: skipped,
    isFloat: /^(flt|dbl)p?$/.test(chosen.sample_fmt ?? ''),
    layout: chosen.channel_layout === 'unknown' ? undefined : chosen.channel_layout,
    durationSlackSeconds:
      known.length.isEstimate || (chosen.duration === undefined && isVideo)
        ? Number.POSITIVE_INFINITY
        : slackOf(chosen, json.format.format_name),
    pictureStream,
    language: languageIn(chosen.tags),
    chapters: orderedChapters(
      json.chapters.flatMap(({ start_time: startSeconds, end_time: endSeconds, tags }) =>
        startSeconds === undefined || endSeconds === undefined
          ? []
          : [{ startSeconds, endSeconds, title: titleOf(tags) }],
      ),
    ),
  };
}

/**
 * Seconds that a file of sound alone declares. Matroska declares when it ends: a recording cut out of a stream may begin
 * hours after 0, and one of Opus has at 0 what its encoder put before the sound, which begins before 0 by that. The others say
 * how long they are.
 */
function lengthOfSound({ format }: ProbeJson, { start_time: start = 0 }: ProbedStream): number | undefined {
  const { duration, format_name: container } = format;
  const isEnd = /(^|,)(matroska|webm)(,|$)/.test(container);
  const notOfIt = Math.abs(start);
  return duration !== undefined && isEnd && notOfIt < duration ? duration - notOfIt : duration;
}

/**
 * The front cover, where several pictures are told apart, and else the first one; of those that can be carried. A cover makes an
 * audio file look like a video; it is a stream marked as attached.
 */
function coverOf(streams: readonly ProbedStream[]): {
  readonly hasCover: boolean;
  readonly pictureStream: number | undefined;
} {
  const pictures = streams.filter(
    ({ codec_type, disposition }) => codec_type === 'video' && disposition.attached_pic === 1,
  );
  const carriable = pictures.filter(({ codec_name }) => codec_name === 'mjpeg' || codec_name === 'png');
  const front = carriable.find(({ tags }) => tags.comment === FRONT_COVER) ?? carriable[0];
  return { hasCover: pictures.length > 0, pictureStream: front?.index };
}

/** A header may declare what neither a file nor a record can hold. */
function isPossible(seconds: number): boolean {
  return seconds > LEAST_SECONDS && seconds < MOST_SECONDS;
}
/** A sample at 768 kHz is longer; a file of 300 years is not. */
const LEAST_SECONDS = 1e-6;
const MOST_SECONDS = 1e10;

/** A chapter's title, under which its other tags are none of ours. */
function titleOf(tags: Readonly<Record<string, string>>): string {
  return cleanTags(tags, {}).kept.tags.title ?? '';
}

/** What a listener cannot notice, and a muxer's rounding needs. */
export const TOLERANCE_SECONDS = 0.05;

/**
 * Lossy codecs also count the delay and padding of their frames: up to two of 2048 samples (WMA). CAF's table of packets
 * does so for all codecs, since FFmpeg counts whole packets: 4096 samples of ALAC.
 */
function slackOf(stream: ProbedStream, container: string): number {
  const codec = stream.codec_name ?? '';
  const isExact = losslessCodec.test(codec) && (container !== 'caf' || codec.startsWith('pcm_'));
  const padding = isExact ? 0 : 4096 / (stream.sample_rate || 8_000);
  return TOLERANCE_SECONDS + padding;
}

/** Codecs that keep samples as they are. For all others a "bit depth" is the decoder's whim. */
const losslessCodec =
  /^(pcm_(?!alaw|mulaw)|flac|alac|wavpack|ape|tta|tak|shorten|mlp|truehd|wmalossless|als|dsd_)/;

/** Bits per sample for lossless codecs, else 0. DSD has 1 bit at MHz rates, which 24-bit PCM stands for. */
function bitDepthOf(stream: ProbedStream): number {
  const codec = stream.codec_name ?? '';
  if (!losslessCodec.test(codec)) return 0;
  if (codec.startsWith('dsd_')) return 24;
  const declared = stream.bits_per_raw_sample || stream.bits_per_sample;
  if (declared !== undefined && declared > 0) return declared;
  return Number(/\d+/.exec(stream.sample_fmt ?? '')?.[0] ?? 16);
}
