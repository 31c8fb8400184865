/** The audio tracks of a source, and which of them is converted. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { MAX_TITLE_LENGTH, type Track } from '@wavefleet/contracts/tracks.ts';
import type { ProbedStream } from './probe-json.ts';

/** The track that a conversion is made from. */
export interface ChosenTrack {
  readonly stream: ProbedStream;
  /** Counted from 1 among the audio tracks, as `options.track` counts. */
  readonly track: number;
  /** The default track that was passed over, since this FFmpeg cannot decode it. */
  readonly skipped: number | undefined;
  readonly all: readonly Track[];
}

/**
 * Chooses among the audio streams: the one that was asked for, else the default one, else the first; in place of a
 * default that cannot be decoded the first one that can.
 * @param asked a number, or a language as BCP 47 or ISO 639-2 name it: its first track, one that can be decoded first.
 * @throws Failure NO_AUDIO_STREAM, NO_DECODABLE_AUDIO; INVALID_OPTION for a track that is not there.
 */
export function chooseTrack(
  streams: readonly ProbedStream[],
  asked: number | string | undefined,
): ChosenTrack {
  const audio = streams.filter((stream) => stream.codec_type === 'audio');
  if (audio.length === 0) throw new Failure('NO_AUDIO_STREAM');
  const all = audio.map(trackOf);
  const standard = audio.find((stream) => stream.disposition.default === 1) ?? audio[0];
  const stream =
    asked === undefined
      ? standard && (isDecodable(standard) ? standard : (audio.find(isDecodable) ?? standard))
      : askedStream(audio, asked);
  if (stream === undefined) {
    throw new Failure('INVALID_OPTION', { detail: { field: 'options.track', tracks: all } });
  }
  if (stream.codec_name === undefined || stream.codec_name === 'unknown') {
    throw new Failure('NO_DECODABLE_AUDIO', { detail: { tracks: all } });
  }
  const isSkipped = asked === undefined && standard !== undefined && stream !== standard;
  return {
    stream,
    track: audio.indexOf(stream) + 1,
    skipped: isSkipped ? audio.indexOf(standard) + 1 : undefined,
    all,
  };
}

/** ffprobe names a sample format only where it has opened a decoder. */
function isDecodable(stream: ProbedStream): boolean {
  return stream.sample_fmt !== undefined && stream.sample_fmt !== 'unknown';
}

function askedStream(audio: readonly ProbedStream[], asked: number | string): ProbedStream | undefined {
  if (typeof asked === 'number') return audio[asked - 1];
  const wanted = new Intl.Locale(asked);
  const spoken = audio.filter(({ tags }) => speaks(languageIn(tags), wanted));
  return spoken.find(isDecodable) ?? spoken[0];
}

/** `ger`, `deu` and `de` are one language; `pt-BR` is a `pt`, but `pt` is no `pt-BR`. */
function speaks(language: string | undefined, wanted: Intl.Locale): boolean {
  if (language === undefined) return false;
  try {
    const spoken = new Intl.Locale(language);
    return (
      (spoken.language ?? 'und') === (wanted.language ?? 'und') &&
      (wanted.script === undefined || spoken.script === wanted.script) &&
      (wanted.region === undefined || spoken.region === wanted.region)
    );
  } catch {
    return false; // a tag may hold anything
  }
}

/** The language that a stream's tags name, as a code. Ogg writes its tags in capitals. */
export const languageIn = (tags: Readonly<Record<string, string>>): string | undefined => {
  const language = tags.language ?? tags.LANGUAGE;
  return language !== undefined && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$/.test(language)
    ? language
    : undefined;
};

function trackOf(stream: ProbedStream, index: number): Track {
  const { codec_name: codec = 'unknown', channels, disposition, tags } = stream;
  const title = (tags.title ?? tags.TITLE ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .trim();
  return {
    track: index + 1,
    language: languageIn(tags) ?? null,
    title: title === '' ? null : [...title].slice(0, MAX_TITLE_LENGTH).join(''),
    codec,
    channels: Math.max(0, Math.trunc(channels ?? 0)),
    isDefault: disposition.default === 1,
  };
}
