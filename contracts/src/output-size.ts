/** How large a result will be, told before the conversion. The page shows it; nothing depends on it. */
import { askedQuality, chooseRate, fitQuality, vorbisNominal } from './encoder-limits.ts';
import { type FormatName, outputFormat } from './formats.ts';
import type { ConversionOptions, EncoderQuality, Quality } from './request.ts';

export interface SizeQuestion {
  readonly format: FormatName;
  readonly quality?: Quality | undefined;
  readonly options?: ConversionOptions | undefined;
  /** Of the source. `bitDepth` 0 or absent for lossy sources. */
  readonly durationSeconds: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitDepth?: number | undefined;
}

export interface SizeEstimate {
  readonly bytes: number;
  /**
   * `exact`: PCM, but for a few hundred bytes of header and tags. `close`: the encoder holds a bitrate (within
   * 10 % for files longer than some seconds). `rough`: the sound decides; silence and noise are far off.
   */
  readonly certainty: 'exact' | 'close' | 'rough';
}

/** What lossless coding leaves of PCM: half for quiet or mono-like sound, three quarters for loud music. */
const LOSSLESS_SHARE = 0.6;
/** Frame headers and container of lossy formats, about. */
const CONTAINER_SHARE = 1.01;
const HEADER_BYTES = 1_000;

/** Bytes of the result. Tags and a cover picture come on top. */
export function estimateOutputBytes(question: SizeQuestion): SizeEstimate {
  const { format, options = {} } = question;
  const entry = outputFormat(format);
  const end = Math.min(question.durationSeconds, options.trimEnd ?? question.durationSeconds);
  const seconds = Math.max(0, end - (options.trimStart ?? 0));
  const sampleRate = chooseRate(format, entry.sampleRates, options.sampleRate ?? question.sampleRate);
  const channels =
    options.channels ??
    (question.channels > entry.maxChannels ? Math.min(2, entry.maxChannels) : question.channels);

  if (entry.lossless) {
    const bitDepth = options.bitDepth ?? ((question.bitDepth ?? 0) > 16 ? 24 : 16);
    const pcm = Math.round(seconds * sampleRate) * channels * (bitDepth / 8);
    if (entry.codec === 'pcm') return { bytes: pcm + 44, certainty: 'exact' };
    return { bytes: Math.round(pcm * LOSSLESS_SHARE) + HEADER_BYTES, certainty: 'rough' };
  }
  const asked = askedQuality(format, question.quality, channels) ?? { kbps: 128 };
  const { quality } = fitQuality(format, asked, sampleRate, channels);
  const bytes = Math.round((seconds * kbpsOf(quality, sampleRate, channels) * 1000 * CONTAINER_SHARE) / 8);
  const constant = entry.codec === 'mp3' || entry.codec === 'aac';
  return { bytes: bytes + HEADER_BYTES, certainty: constant ? 'close' : 'rough' };
}

/** Vorbis qualities are nominal bitrates for stereo at 44.1 kHz; fewer samples need fewer bits. */
function kbpsOf(quality: EncoderQuality, sampleRate: number, channels: number): number {
  if ('kbps' in quality) return quality.kbps;
  const lower = Math.floor(quality.q);
  const from = vorbisNominal[lower] ?? 500;
  const to = vorbisNominal[lower + 1] ?? from;
  const stereo = from + (to - from) * (quality.q - lower);
  return (stereo * channels * Math.min(1, sampleRate / 44_100)) / 2;
}
