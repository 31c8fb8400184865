/** What browsers play, by what is in the file. Chromium, Firefox and Safari of today all must, else it counts as not. */
import type { InputFacts } from './job.ts';

/** FFmpeg's container name (or its beginning), the codecs that browsers take in it, and what to call it. */
const playable: readonly {
  readonly container: string;
  readonly codecs: RegExp;
  readonly mimeType: string;
}[] = [
  { container: 'mp3', codecs: /^mp3$/, mimeType: 'audio/mpeg' },
  { container: 'wav', codecs: /^pcm_(u8|s16le|s24le|s32le|f32le|mulaw|alaw)$/, mimeType: 'audio/wav' },
  { container: 'mov,mp4,', codecs: /^(aac|mp3)$/, mimeType: 'audio/mp4' },
  { container: 'aac', codecs: /^aac$/, mimeType: 'audio/aac' },
  { container: 'flac', codecs: /^flac$/, mimeType: 'audio/flac' },
  { container: 'ogg', codecs: /^(vorbis|opus|flac)$/, mimeType: 'audio/ogg' },
  { container: 'matroska,webm', codecs: /^(vorbis|opus)$/, mimeType: 'audio/webm' },
];

/** The MIME type under which browsers play a file with these facts, or undefined when they do not. */
export function playableMimeType(facts: Pick<InputFacts, 'container' | 'codec'>): string | undefined {
  return playable.find(
    ({ container, codecs }) => facts.container.startsWith(container) && codecs.test(facts.codec),
  )?.mimeType;
}
