/** How large a result will be, told before the conversion. The page shows it; nothing depends on it. */
import { askedQuality, fitQuality } from './encoder-quality.ts';
import { type FormatName, outputFormat } from './formats.ts';
import type { QualityScale } from './output-format.ts';
import type { ConversionOptions, EncoderQuality, Quality } from './request.ts';
import { chooseRate, rateOfSource } from './sample-rates.ts';

/** A conversion whose size is asked for. */
export interface SizeQuestion {
  readonly format: FormatName;
  readonly quality?: Quality | undefined;
  readonly options?: ConversionOptions | undefined;
  /** Of the source. `bitDepth` 0 or absent for lossy sources. */
  readonly durationSeconds: number;
  readonly sampleRate: number;
  /** As probing names it, where it is known: DSD does not keep its rate. */
  readonly codec?: string | undefined;
  readonly channels: number;
  readonly bitDepth?: number | undefined;
}

/** How large, and how sure that is. */
export interface SizeEstimate {
  readonly bytes: number;
  /**
   * `exact`: PCM, but for a few hundred bytes of header and tags. `close`: the encoder holds a bitrate (within
   * 10 % for files longer than some seconds). `rough`: the sound decides; silence and noise are far off.
   */
  readonly certainty: 'exact' | 'close' | 'rough';
}

/** Frame headers and container of lossy formats, about. */
const CONTAINER_SHARE = 1.01;
const HEADER_BYTES = 1_000;

/** What the encoder will be asked for, as the worker plans it. Undefined quality: a lossless format. */
export function plannedQuality({
  format,
  quality,
  options = {},
  ...source
}: Omit<SizeQuestion, 'durationSeconds'>): {
  readonly sampleRate: number;
  readonly channels: number;
  readonly quality: EncoderQuality | undefined;
} {
  const entry = outputFormat(format);
  const sampleRate = chooseRate(entry, options.sampleRate ?? rateOfSource(source));
  const channels =
    options.channels ??
    (source.channels > entry.maxChannels ? Math.min(2, entry.maxChannels) : source.channels);
  if (entry.quality === undefined) return { sampleRate, channels, quality: undefined };
  const asked = askedQuality(entry.quality, quality, channels);
  return { sampleRate, channels, quality: fitQuality(entry.quality, asked, sampleRate, channels).quality };
}

/** Bytes of the result. Tags and a cover picture come on top. */
export function estimateOutputBytes(question: SizeQuestion): SizeEstimate {
  const estimate = estimateWholeSound(question);
  // How much silence there is to leave out, nobody knows before.
  return question.options?.silence === undefined ? estimate : { ...estimate, certainty: 'rough' };
}

function estimateWholeSound(question: SizeQuestion): SizeEstimate {
  const { format, options = {} } = question;
  const entry = outputFormat(format);
  const end = Math.min(question.durationSeconds, options.trimEnd ?? question.durationSeconds);
  const seconds = Math.max(0, end - (options.trimStart ?? 0)) / (options.speed ?? 1);
  const { sampleRate, channels, quality } = plannedQuality(question);

  if (entry.lossless) {
    const bitDepth = options.bitDepth ?? ((question.bitDepth ?? 0) > 16 ? 24 : 16);
    const pcm = Math.round(seconds * sampleRate) * channels * (bitDepth / 8);
    if (entry.shareOfPcm === 1)
      return { bytes: pcm + 44, certainty: options.speed === undefined ? 'exact' : 'close' };
    return { bytes: Math.round(pcm * entry.shareOfPcm) + HEADER_BYTES, certainty: 'rough' };
  }
  const scale = entry.quality;
  if (scale === undefined || quality === undefined) {
    return {
      bytes: Math.round(seconds * channels * (entry.kbpsPerChannel ?? 0) * 125) + 58,
      certainty: 'exact',
    };
  }
  const kbps = kbpsOf(scale, quality, sampleRate, channels);
  const bytes = Math.round((seconds * kbps * 1000 * CONTAINER_SHARE) / 8);
  return { bytes: bytes + HEADER_BYTES, certainty: scale.constant && 'kbps' in quality ? 'close' : 'rough' };
}

/** Qualities without a bitrate have a nominal one for stereo at 44.1 kHz; fewer samples need fewer bits. */
function kbpsOf(scale: QualityScale, quality: EncoderQuality, sampleRate: number, channels: number): number {
  if ('kbps' in quality) return quality.kbps;
  const nominal = scale.unit === 'q' ? scale.nominalKbps : scale.variableKbps;
  // Nobody may ask for `q5` on such a scale, and a page that lets them type it shows some size.
  if (nominal === undefined) return scale.medium;
  const step = 'q' in quality ? quality.q : quality.v;
  const lower = Math.floor(step);
  const from = nominal[lower] ?? nominal.at(-1) ?? 0;
  const to = nominal[lower + 1] ?? from;
  const stereo = from + (to - from) * (step - lower);
  return (stereo * channels * Math.min(1, sampleRate / 44_100)) / 2;
}
