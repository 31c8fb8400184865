/** Which setting caused a failure, and with what other setting the job may succeed. */
import { outputFormats } from './formats.ts';
import type { Fix } from './http.ts';
import type { RunnableJob } from './job.ts';
import type { ConversionOptions } from './request.ts';

type FailedJob = Pick<RunnableJob, 'error' | 'format' | 'options' | 'input'>;

/**
 * The change to retry with, or undefined where the settings are not to blame. A suggestion, not a promise: a damaged
 * file may fail again for another reason.
 */
export function suggestFix(job: FailedJob): Fix | undefined {
  const { error, options } = job;
  switch (error?.code) {
    case 'INVALID_OPTION':
      // Two are refused after probing: a trim that begins behind the end of the file, and a track that is not there.
      if (error.detail?.field === 'options.trimStart') return withoutTrim(options);
      return error.detail?.field === 'options.track' ? withoutTrack(options) : undefined;
    case 'NO_DECODABLE_AUDIO':
      if (options.track !== undefined) return withoutTrack(options);
      return options.trimStart === undefined ? undefined : withoutTrim(options);
    case 'CORRUPT_INPUT':
      if (options.strict !== true) return undefined;
      return {
        label: 'Convert what can be read of the damaged file',
        changes: { options: without(options, 'strict') },
      };
    case 'INPUT_TOO_LONG':
      return firstPart(options, error.detail?.limitSeconds);
    case 'OUTPUT_TOO_LARGE':
    case 'TEMP_SPACE_LIMIT':
      return smallerFormat(job);
    default:
      return undefined;
  }
}

function withoutTrim(options: ConversionOptions): Fix {
  return {
    label: 'Convert the whole file, without trimming',
    changes: { options: without(options, 'trimStart', 'trimEnd') },
  };
}

function withoutTrack(options: ConversionOptions): Fix {
  return { label: 'Convert the main track', changes: { options: without(options, 'track') } };
}

function firstPart(options: ConversionOptions, limitSeconds: unknown): Fix | undefined {
  if (typeof limitSeconds !== 'number' || (options.trimStart ?? 0) >= limitSeconds) return undefined;
  return {
    label: `Convert only up to ${Math.floor(limitSeconds / 60)} minutes into the file`,
    changes: { options: { ...options, trimEnd: limitSeconds } },
  };
}

/** What only PCM or lossless formats can hold is let go with them. Lossy results are small already. */
function smallerFormat({ format, options }: FailedJob): Fix | undefined {
  const row = outputFormats[format];
  if (!row.lossless) return undefined;
  const { lossless, label } = outputFormats[row.smaller];
  return {
    label: `Convert to ${label}, which is ${lossless ? 'lossless and' : 'much'} smaller`,
    changes: {
      format: row.smaller,
      options: lossless ? options : without(options, 'bitDepth', 'sampleRate', 'channels'),
    },
  };
}

function without(options: ConversionOptions, ...names: (keyof ConversionOptions)[]): ConversionOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => !names.some((dropped) => dropped === name)),
  );
}
