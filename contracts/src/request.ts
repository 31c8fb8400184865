/** What a caller may ask of a conversion: format, quality and options. */
import { z } from 'zod';
import { fineNumber } from './fine-number.ts';
import { type FormatName, formatNames, outputFormat } from './formats.ts';
import { loudnessOptionSchema } from './loudness.ts';
import type { QualityScale } from './output-format.ts';
import { removeTagsSchema, setTagsSchema } from './tags.ts';
import { trackChoiceSchema } from './tracks.ts';

/** The name of an output format. */
export const formatSchema = z.enum(formatNames);

/** A bitrate (`192k`), a Vorbis quality (`q5`), an MP3 of varying bitrate (`v2`), or one of three names. Meaning: {@link resolveQuality}. */
export const qualitySchema = z.union(
  [
    z.enum(['low', 'medium', 'high']),
    z.string().regex(/^\d{1,3}k$/),
    z.string().regex(/^q\d{1,2}(\.\d)?$/),
    z.string().regex(/^v\d$/),
  ],
  'expected a bitrate such as "192k", "low", "medium" or "high"; or, for ogg, "q0" to "q10" (best), for mp3 "v0" (best) to "v9"',
);
/** A quality as it is asked for. */
export type Quality = z.infer<typeof qualitySchema>;

/** Sample rates one may ask for, in Hz. The source's own rate is kept when none is asked for. */
export const requestableSampleRates = [
  8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400, 192000,
] as const;

/** Bits per sample that lossless formats can be asked for; each has its own choice of them. */
export const bitDepths = [16, 24, 32] as const;

/** What else may be asked for; everything has a default. */
export const optionsSchema = z
  .strictObject({
    /** Hz. Default: the source's, or the nearest that the format can hold. */
    sampleRate: z.literal(requestableSampleRates).optional(),
    /** Default: the source's, or a stereo down-mix where the format holds fewer. */
    channels: z.int().min(1).max(8).optional(),
    /** Bits per sample of lossless results; 32 are a float. Default: 24 for sources above 16 bit, else 16. */
    bitDepth: z.literal(bitDepths).optional(),
    /** Round to 16 bits with dither where samples have more. Lossless formats only. Default true. */
    dither: z.boolean().optional(),
    /** Seconds from the start of the source that are left out. */
    trimStart: fineNumber.min(0).max(360_000).optional(),
    /** Seconds from the start of the source at which the result ends. */
    trimEnd: fineNumber.positive().max(360_000).optional(),
    /** Which audio track: its number, from 1, or its language. Default: the file's default one. */
    track: trackChoiceSchema.optional(),
    /**
     * Where the sound of a video begins late: `keep` begins with as much silence, so that the result fits the picture;
     * `sound` begins with the sound. Default `sound`.
     */
    timeline: z.enum(['keep', 'sound']).optional(),
    /** Measure the loudness, and bring it to a target. Default: neither. */
    loudness: loudnessOptionSchema.optional(),
    /** Seconds over which the result begins and ends. Default: at once. */
    fadeIn: fineNumber.positive().max(600).optional(),
    fadeOut: fineNumber.positive().max(600).optional(),
    /** `trim` leaves out the silence at the start and at the end, within `trimStart` and `trimEnd`. */
    silence: z.literal('trim').optional(),
    /** dBFS below which every channel is silent, for `silence`. Default −50. */
    silenceThreshold: fineNumber.min(-90).max(-20).optional(),
    /** Plays so many times as fast, at the same pitch. Default 1. */
    speed: fineNumber.min(0.5).max(2).optional(),
    /** Keep title, artist and the like. Default true. */
    tags: z.boolean().optional(),
    /** Tags of the source that are left out, by name (`artist`, `album_artist`, `comment`, …; any case). */
    removeTags: removeTagsSchema.optional(),
    /** Tags to write, in place of the source's of that name: a text, or a list of texts. */
    setTags: setTagsSchema.optional(),
    /** Keep the cover picture where the container can. Default true. */
    cover: z.boolean().optional(),
    /**
     * The `fileId` of a picture that `POST /api/upload-cover` took: the cover of the result, where its container can
     * hold one, in place of the source's.
     */
    setCover: z.uuid('expected the fileId of a picture uploaded with POST /api/upload-cover').optional(),
    /** One file of each chapter, all of them in a zip. Default false. */
    splitByChapter: z.boolean().optional(),
    /** Fail on a damaged source in place of converting what can be read. Default false. */
    strict: z.boolean().optional(),
    /**
     * `files`: the worker fetches the source whole before it converts it. `stream`: FFmpeg reads it from S3 as it comes,
     * where it gives the same; the job warns (`NOT_STREAMED`) where it does not. Default `auto`: `files`, unless the
     * worker's disk has no room for the source.
     */
    pipeline: z.enum(['auto', 'files', 'stream']).optional(),
  })
  .refine((o) => o.trimStart === undefined || o.trimEnd === undefined || o.trimStart < o.trimEnd, {
    path: ['trimEnd'],
    message: 'expected trimEnd to be later than trimStart',
  });
/** Options after validation. */
export type ConversionOptions = z.infer<typeof optionsSchema>;

/** What is wrong with a request whose fields are each valid, or undefined when nothing is. */
export interface RequestProblem {
  readonly field: string;
  readonly message: string;
}

/** An encoder setting after the names are resolved. */
export type EncoderQuality = { readonly kbps: number } | { readonly q: number } | { readonly v: number };

/**
 * Turns a quality into what the encoder takes. Vorbis takes `q` or a bitrate, MP3 `v` or a bitrate, the others a
 * bitrate. Lossless formats and those with one bitrate have none: answers undefined, whatever was asked (the job then carries a warning).
 */
export function resolveQuality(format: FormatName, quality: Quality | undefined): EncoderQuality | undefined {
  const scale = outputFormat(format).quality;
  return scale && resolveOnScale(scale, quality);
}

/** Whether a quality names a figure, and not one of the steps low, medium and high. */
export function isFigure(quality: Quality): boolean {
  return quality !== 'low' && quality !== 'medium' && quality !== 'high';
}

/** The same for a format that has a scale. */
export function resolveOnScale(scale: QualityScale, quality: Quality = 'medium'): EncoderQuality {
  if (quality === 'low' || quality === 'medium' || quality === 'high') {
    return scale.unit === 'q' ? { q: scale[quality] } : { kbps: scale[quality] };
  }
  if (quality.startsWith('q')) return { q: Number(quality.slice(1)) };
  if (quality.startsWith('v')) return { v: Number(quality.slice(1)) };
  return { kbps: Number.parseInt(quality, 10) };
}

/** Checks what a schema cannot: whether this format can hold what was asked. */
export function findRequestProblem(
  format: FormatName,
  quality: Quality | undefined,
  options: ConversionOptions,
): RequestProblem | undefined {
  const entry = outputFormat(format);
  const resolved = resolveQuality(format, quality);
  if (resolved !== undefined && entry.quality !== undefined) {
    if ('q' in resolved) {
      if (entry.quality.unit !== 'q') {
        const varying = entry.quality.variableKbps === undefined ? '' : ' such as 192k, or v0 to v9';
        return { field: 'quality', message: `${format} takes a bitrate${varying}, not ${quality}` };
      }
      const { min, max } = entry.quality;
      if (resolved.q < min || resolved.q > max)
        return { field: 'quality', message: `expected q${min} to q${max}` };
    } else if ('v' in resolved) {
      if (entry.quality.unit === 'q' || entry.quality.variableKbps === undefined)
        return { field: 'quality', message: `${format} takes no ${quality}; only mp3 does` };
    } else {
      const { min, max } = entry.quality.unit === 'q' ? entry.quality.kbps : entry.quality;
      const steps = entry.quality.unit === 'kbps' ? entry.quality.steps : undefined;
      if (quality !== undefined && isFigure(quality) && steps?.includes(resolved.kbps) === false) {
        return { field: 'quality', message: `expected one of ${steps.join('k, ')}k for ${format}` };
      }
      if (resolved.kbps < min || resolved.kbps > max) {
        return { field: 'quality', message: `expected ${min}k to ${max}k for ${format}, got ${quality}` };
      }
    }
  }
  if (
    options.sampleRate !== undefined &&
    entry.sampleRates &&
    !entry.sampleRates.includes(options.sampleRate)
  ) {
    return {
      field: 'options.sampleRate',
      message: `expected one of ${entry.sampleRates.join(', ')} for ${format}`,
    };
  }
  if (options.channels !== undefined && options.channels > entry.maxChannels) {
    return { field: 'options.channels', message: `expected at most ${entry.maxChannels} for ${format}` };
  }
  if (options.bitDepth !== undefined && !entry.lossless) {
    return { field: 'options.bitDepth', message: `${format} has no bit depth; leave it out` };
  }
  if (options.bitDepth !== undefined && entry.bitDepths?.includes(options.bitDepth) === false) {
    return {
      field: 'options.bitDepth',
      message: `expected one of ${entry.bitDepths.join(', ')} for ${format}`,
    };
  }
  if (options.silenceThreshold !== undefined && options.silence === undefined) {
    return { field: 'options.silenceThreshold', message: 'expected silence: "trim" beside it' };
  }
  if (options.dither !== undefined && !entry.lossless) {
    return { field: 'options.dither', message: `${format} has no bit depth to round to; leave it out` };
  }
  return undefined;
}

/** Bitrates in kbit/s that people know. */
const familiarKbps = [32, 48, 64, 96, 128, 160, 192, 224, 256, 320, 384, 448, 640] as const;

/** Values of `quality` worth offering for a format, best last; none for lossless formats. */
export function qualityChoices(format: FormatName): Quality[] {
  const scale = outputFormat(format).quality;
  if (scale === undefined) return [];
  if (scale.unit === 'q')
    return Array.from({ length: scale.max - scale.min + 1 }, (_, i) => `q${scale.min + i}`);
  return familiarKbps.filter((kbps) => kbps >= scale.min && kbps <= scale.max).map((kbps) => `${kbps}k`);
}

/** Values of `quality` that let the bitrate vary, the best first; none for most formats. */
export function variableChoices(format: FormatName): Quality[] {
  const scale = outputFormat(format).quality;
  const steps = scale?.unit === 'kbps' ? (scale.variableKbps ?? []) : [];
  return steps.map((_, step) => `v${step}`);
}

/** What `options.sampleRate` may be for a format, in Hz. */
export function sampleRateChoices(format: FormatName): number[] {
  const { sampleRates } = outputFormat(format);
  return requestableSampleRates.filter((rate) => sampleRates === undefined || sampleRates.includes(rate));
}
