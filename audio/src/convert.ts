/**
 * One conversion: from a probed source to a file in the folder. How many processes that takes, and how often one is
 * started, is its own affair; the stages of a job see only what is in here.
 */
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { Warning } from '@wavefleet/contracts/job.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { DECODER_THREADS } from './encode-options.ts';
import { folderFiles } from './folder-files.ts';
import { fillUnlessAborted, WHOLE } from './holes.ts';
import { type AskedOptions, type EncodedAsAsked, encodeAsAsked } from './loudness/encode-as-asked.ts';
import { type LevelPlan, NoSoundFound, shapedLike } from './plan/levels.ts';
import { type ConversionPlan, planConversion } from './plan/plan.ts';
import { planWarning } from './plan/plan-warnings.ts';
import { checkFacts } from './probing/check-facts.ts';
import { flacLinkDepths } from './probing/flac-links.ts';
import { frameKind } from './probing/frames.ts';
import { removeSeams } from './probing/seams.ts';
import { declaredSeconds, type ProbedSource } from './probing/source.ts';
import { ShapeChanged } from './process/run.ts';
import { chooseShape, secondsOf, shapesOf } from './shape/choose-shape.ts';
import { survey } from './shape/survey.ts';
import type { FolderTools } from './tools.ts';

/** What is asked for. It has passed `findRequestProblem`, as the source has passed `checkFacts`. */
export interface Order {
  readonly format: FormatName;
  readonly quality?: Quality | undefined;
  readonly options: ConversionOptions;
  /** Sound as another result of the same source does: at its speed and level. */
  readonly like?: LevelPlan | undefined;
}

/** The plan, sounding as was asked. */
export function alike(plan: ConversionPlan, { like }: Order): ConversionPlan {
  return like === undefined ? plan : shapedLike(plan, like);
}

/** A result on this disk that nobody has looked at yet, and what it should be. */
export interface Converted extends EncodedAsAsked {
  /** What the user should know about the choices, and about what was lost. */
  readonly warnings: readonly Warning[];
}

/**
 * Plans, and runs FFmpeg to its end. Who is strict gets no result of a damaged source.
 * @param tools those of the folder with the source.
 * @throws Failure, see `plan/plan.ts` and `encode.ts`; the abort reason of `tools.signal`.
 */
export async function convert(
  tools: FolderTools,
  source: ProbedSource,
  order: Order,
  options: AskedOptions,
): Promise<Converted> {
  const converted = await convertSeamless(tools, source, order, options);
  if (converted.damaged && order.options.strict === true) throw new Failure('CORRUPT_INPUT');
  return converted;
}

/** What is taken for damage may be the tags of files that were put behind each other: without them it is tried again. */
async function convertSeamless(
  tools: FolderTools,
  source: ProbedSource,
  order: Order,
  options: AskedOptions,
): Promise<Converted> {
  const kind = frameKind(source.facts.container, source.facts.codec);
  const withoutSeams = async (): Promise<boolean> =>
    kind !== undefined && (await removeSeams(join(tools.cwd, folderFiles.input), kind)) > 0;
  try {
    const converted = await convertOnce(tools, source, order, options);
    if (!converted.damaged) return converted;
    if (!(await withoutSeams())) return await withLostLinks(tools, source, converted);
  } catch (error) {
    const isDamage = error instanceof Failure && error.code === 'CORRUPT_INPUT';
    if (!isDamage || !(await withoutSeams())) throw error;
  }
  return await convertOnce(tools, source, order, withoutKeeper(options));
}

/** What was made of the source as it came is nothing of what it is now. */
function withoutKeeper({ parallel, ...options }: AskedOptions): AskedOptions {
  return parallel === undefined ? options : { ...options, parallel: { ...parallel, keeper: undefined } };
}

/** What is taken for damage may be whole links of a chain, which cannot be decoded with the others. */
async function withLostLinks(
  tools: FolderTools,
  { facts: { container, codec } }: ProbedSource,
  converted: Converted,
): Promise<Converted> {
  if (container !== 'ogg' || codec !== 'flac') return converted;
  const depths = await flacLinkDepths(join(tools.cwd, folderFiles.input), tools.signal);
  const [bits = 0] = depths;
  const lost = depths.filter((depth) => depth !== bits).length;
  if (lost === 0) return converted;
  const told = planWarning('LINKS_LOST', { lost, count: depths.length, bits });
  return { ...converted, warnings: [...converted.warnings, told] };
}

/** Once more where the source has samples that are no sound. Who is strict gets no result of it. */
async function convertOnce(
  tools: FolderTools,
  source: ProbedSource,
  order: Order,
  options: AskedOptions,
): Promise<Converted> {
  try {
    return await convertAsItIs(tools, source, order, options);
  } catch (error) {
    if (!(error instanceof NoSoundFound)) throw error;
    if (order.options.strict === true) throw new Failure('CORRUPT_INPUT', { cause: error });
  }
  return await convertAsItIs(tools, { ...source, hasNoSound: true }, order, withoutKeeper(options));
}

/** In one process, or by parts where that does not do. */
async function convertAsItIs(
  tools: FolderTools,
  source: ProbedSource,
  order: Order,
  options: AskedOptions,
): Promise<Converted> {
  const { plan, warnings } = planConversion(source, order.format, order.quality, order.options);
  try {
    const encoded = await encodeAsAsked(tools, alike(plan, order), options);
    return { ...encoded, warnings: [...warnings, ...encoded.warnings] };
  } catch (error) {
    if (!(error instanceof ShapeChanged)) throw plan.strict ? asDamage(error) : error;
  }
  return await convertByParts(tools, source, order, options);
}

/** What the sandbox's programs, as a shell does, answer in place of one that they cannot start. */
const NOT_STARTED: readonly unknown[] = [126, 127];

/** Strictness ends a process at whatever its decoder complains of; there are too many words for that to know them all. */
function asDamage(error: unknown): unknown {
  // What could not be started at all, or was killed, says nothing of the file.
  const isUnknown = error instanceof Failure && error.code === 'CONVERSION_FAILED';
  const exitCode = isUnknown ? error.detail?.exitCode : undefined;
  const hasEnded = typeof exitCode === 'number' && !NOT_STARTED.includes(exitCode);
  return hasEnded ? new Failure('CORRUPT_INPUT', { cause: error }) : error;
}

/**
 * A source whose sound changes its rate, layout or kind of sample on the way: it is listened through, brought into the
 * one shape that most of it has, and encoded from that by a second process.
 */
async function convertByParts(
  tools: FolderTools,
  source: ProbedSource,
  order: Order,
  options: AskedOptions,
): Promise<Converted> {
  const { audioStream, facts } = source;
  const { limits, threads = DECODER_THREADS, holes } = options;
  await fillUnlessAborted(holes, WHOLE, tools.signal);
  const stretches = await survey(tools, { audioStream, limits, threads });
  const shape = chooseShape(stretches) ?? { ...facts, layout: source.layout, samples: 'f32le' };
  const { sampleRate, channels, layout } = shape;
  const isEstimated = declaredSeconds(source) === null;
  const shaped: ProbedSource = {
    ...source,
    layout,
    facts: {
      ...facts,
      sampleRate,
      channels,
      durationSeconds: isEstimated ? secondsOf(stretches) : facts.durationSeconds,
    },
    durationSlackSeconds: isEstimated ? COUNTED_SLACK_SECONDS : source.durationSlackSeconds,
  };
  checkFacts(shaped.facts);
  const { plan, warnings } = planConversion(shaped, order.format, order.quality, order.options);
  const encoded = await encodeAsAsked(tools, alike(plan, order), options, shape).catch((error: unknown) => {
    throw plan.strict ? asDamage(error) : error;
  });
  const changed = planWarning('SHAPE_CHANGED', { shapes: shapesOf(stretches), sampleRate, channels });
  return { ...encoded, warnings: [...warnings, changed, ...encoded.warnings] };
}

/** Each change of rate costs the resampler up to a few ms, and a decoder is not bound to the sample. */
const COUNTED_SLACK_SECONDS = 0.1;
