/**
 * One conversion whose source comes by a pipe, and of which only the beginning and the end lie in the folder. It is made in
 * one run or not at all: what needs a second look at the source is for `convert.ts`, with all of it on the disk.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { alike, type Converted, type Order } from '../convert.ts';
import { encode } from '../encode.ts';
import type { EncodeOptions } from '../encode-options.ts';
import { NoSoundFound } from '../plan/levels.ts';
import { planConversion } from '../plan/plan.ts';
import type { ProbedSource } from '../probing/source.ts';
import { ShapeChanged } from '../process/run.ts';
import type { SourceFeed } from '../process/source-feed.ts';
import type { FolderTools } from '../tools.ts';
import { canReadPiped } from './piped-formats.ts';

/** Why a conversion takes its source as a file, by a word that is stable. */
export type WhyFiles =
  /** What was ordered takes more than one look at the source. */
  | 'order'
  /** FFmpeg reads this kind of file from a pipe in another way, or nobody knows. */
  | 'container'
  /** Tags and the like do not all lie at the ends of the file. */
  | 'head'
  /** The sound changes its rate or channels on the way. */
  | 'shape'
  /** The source is damaged, or not as long as it says. */
  | 'damage'
  /** The conversion failed; by files it may not, or fails with the right words. */
  | 'failure'
  /** The bytes that came are not those that S3 has. */
  | 'sum';

/** Streaming does not do. Nothing that was made is of use. */
export class NotStreamed extends Error {
  readonly why: WhyFiles;

  constructor(why: WhyFiles, options: { readonly cause?: unknown } = {}) {
    super(`not streamed: ${why}`, options);
    this.why = why;
  }
}

/** Whether what is ordered can be made in one run over a source of which no more is known than its ends. */
export function isOneRun(options: ConversionOptions): boolean {
  const { loudness, silence, fadeOut, splitByChapter, strict } = options;
  return (
    loudness === undefined &&
    silence === undefined &&
    fadeOut === undefined &&
    splitByChapter !== true &&
    strict !== true
  );
}

/**
 * Plans, and runs FFmpeg once.
 * @param tools those of the folder with the ends of the source, as `known-by-ends.ts` has found them.
 * @throws NotStreamed; Failure, see `plan/plan.ts` and `encode.ts`; the feed's error; the abort reason of `tools.signal`.
 */
export async function convertStreamed(
  tools: FolderTools,
  source: ProbedSource,
  order: Order,
  options: EncodeOptions & { readonly feed: SourceFeed },
): Promise<Converted> {
  if (!isOneRun(order.options)) throw new NotStreamed('order');
  if (!canReadPiped(source.facts)) throw new NotStreamed('container');
  const { plan, warnings } = planConversion(source, order.format, order.quality, order.options);
  const encoded = await encode(tools, alike(plan, order), options).catch((error: unknown) => {
    if (error instanceof ShapeChanged) throw new NotStreamed('shape');
    throw error instanceof NoSoundFound ? new NotStreamed('damage') : (asDoubt(error) ?? error);
  });
  if (encoded.damaged) throw new NotStreamed('damage');
  return { ...encoded, plan, loudness: undefined, warnings: [...warnings, ...encoded.warnings] };
}

/** What a file alone can tell for sure: that it is damaged, holds no sound, or kills the decoder. */
function asDoubt(error: unknown): NotStreamed | undefined {
  const isFilesFault = error instanceof Failure && doubtful.has(error.code);
  return isFilesFault ? new NotStreamed('failure', { cause: error }) : undefined;
}

const doubtful: ReadonlySet<Failure['code']> = new Set([
  'CORRUPT_INPUT',
  'NO_DECODABLE_AUDIO',
  'NO_AUDIO_STREAM',
  'UNRECOGNISED_FORMAT',
  'FORMAT_NOT_ALLOWED',
  'CONVERSION_FAILED',
  'CONVERSION_TIMEOUT',
  'DECODER_CRASHED',
  'RESOURCE_LIMIT',
  'OUTPUT_INVALID',
]);
