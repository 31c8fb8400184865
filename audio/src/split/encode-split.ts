/** One result made by several processes at once, each of which encodes a segment of it. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { dressArgs } from '../args/segment-args.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { type RunResult, runFfmpeg, ShapeChanged } from '../process/run.ts';
import type { FolderTools } from '../tools.ts';
import { Arrivals } from './arrivals.ts';
import type { Keeping, Split } from './choose-split.ts';
import { CannotJoin } from './join.ts';
import { nameSegments, type PlacedSegment, placeSegments } from './place-segments.ts';
import type { SplitPlan } from './plan-split.ts';
import { rehearser } from './rehearse.ts';
import { isByOrderAlone, runSegment, type SegmentSetting } from './run-segment.ts';
import { SumOfProgress } from './sum-of-progress.ts';

/** What one process would run into just as well; it is not tried. */
const FINAL: ReadonlySet<string> = new Set([
  'DISK_FULL',
  'OUTPUT_TOO_LARGE',
  'INPUT_TOO_LONG',
  'CONVERSION_TIMEOUT',
  'CORRUPT_INPUT',
  'FFMPEG_MISSING',
  'INPUT_CHANGED',
  'INPUT_MISSING',
  'STORAGE_UNAVAILABLE',
]);

/**
 * Encodes and joins.
 * @returns undefined where there is any doubt of the result: then nothing is left in the folder, and one process makes it.
 * @throws ShapeChanged; a Failure that one process would end with as well; the abort reason of `tools.signal`.
 */
export async function encodeSplit(
  tools: FolderTools,
  plan: ConversionPlan,
  { plan: split, keeping }: Split,
  { setting, options }: Pick<SegmentSetting, 'setting' | 'options'>,
): Promise<RunResult | undefined> {
  const count = split.takeOvers.length;
  const common = { setting, options, renewals: options.holes?.renewals };
  let settled: SplitPlan;
  try {
    settled = await settle(tools, plan, { split, ...common });
  } catch (error) {
    // Whatever a rehearsal met with, one process says better.
    tools.signal.throwIfAborted();
    tools.log.say('split.unsettled', { segments: count, err: error });
    return undefined;
  }
  try {
    return await encodeSettled(tools, plan, { split: settled, ...common }, keeping);
  } catch (error) {
    if (tools.signal.aborted || !isDoubt(error)) throw error;
    tools.log.say('split.abandoned', { segments: count, err: error });
    return undefined;
  }
}

/** Moves the places where segments take over to where they can. */
async function settle(tools: FolderTools, plan: ConversionPlan, common: SegmentSetting): Promise<SplitPlan> {
  const { split } = common;
  const { codec, takeOvers } = split;
  if (codec.settle === undefined) return split;
  const rehearse = rehearser(tools, plan, common);
  return { ...split, takeOvers: await codec.settle(takeOvers, plan, rehearse) };
}

/** @throws what {@link encodeSplit} throws, and whatever leaves a doubt. */
async function encodeSettled(
  tools: FolderTools,
  plan: ConversionPlan,
  common: SegmentSetting,
  keeping: Keeping | undefined,
): Promise<RunResult> {
  const { split, setting, options } = common;
  const segments = placeSegments(split, setting);
  const undressed = `joined.${setting.files.result}`;
  const startedAtMs = performance.now();
  const { demuxer } = split.codec;
  const arrivals = new Arrivals(segments.length);
  const order = {
    cwd: tools.cwd,
    segments: segments.map(({ joined: one }) => one),
    arrivals,
    lookAhead: split.lookAhead,
    result: demuxer === undefined ? setting.files.result : undressed,
  };
  const joining = split.codec.join(order, plan).finally(() => arrivals.joined());
  try {
    const work = { ...common, segments, arrivals, joining };
    const { damaged } = await encodeAll(tools, plan, work, keeping);
    const encodedAtMs = performance.now();
    const joined = await joining;
    if (demuxer !== undefined) await dress(tools, plan, common, { file: undressed, demuxer });
    const { size } = await stat(join(tools.cwd, setting.files.result));
    if (size > options.limits.outputBytes) throw new Failure('OUTPUT_TOO_LARGE');
    if (joined.samples > options.limits.outputSeconds * plan.sampleRate) throw new Failure('INPUT_TOO_LONG');
    await tools.sandbox.prepareFolder(tools.cwd);
    const writtenSeconds = joined.samples / plan.sampleRate;
    options.onProgress?.({ writtenSeconds, writtenBytes: size, readBytes: null, speed: null });
    tools.log.say('split.joined', {
      segments: segments.length,
      seams: joined.seams.map((frame) => (frame * split.frameSamples) / plan.sampleRate),
      encodeMs: Math.round(encodedAtMs - startedAtMs),
      joinMs: Math.round(performance.now() - encodedAtMs),
    });
    return { outTimeSeconds: writtenSeconds, damaged };
  } catch (error) {
    arrivals.fail(error);
    await joining.catch(() => undefined);
    await rm(join(tools.cwd, setting.files.result), { force: true });
    throw error;
  } finally {
    for (const file of [undressed, ...segments.map((segment) => segment.file)]) {
      await rm(join(tools.cwd, file), { force: true });
    }
  }
}

/** Puts tags, cover and chapters beside what was joined. */
async function dress(
  tools: FolderTools,
  plan: ConversionPlan,
  { setting, options }: SegmentSetting,
  joined: { readonly file: string; readonly demuxer: string },
): Promise<void> {
  await tools.sandbox.prepareFolder(tools.cwd);
  const { damaged } = await runFfmpeg(tools, {
    args: dressArgs(plan, setting, joined),
    source: joined.file,
    limits: options.limits,
    threads: 1,
  });
  if (damaged) throw new CannotJoin('what was joined cannot be read');
}

/** Whether one process may do better. */
function isDoubt(error: unknown): boolean {
  if (error instanceof ShapeChanged) return false;
  return !(error instanceof Failure && FINAL.has(error.code));
}

interface Work extends SegmentSetting {
  readonly segments: readonly PlacedSegment[];
  readonly arrivals: Arrivals;
  /** What fails here fails with it. */
  readonly joining: Promise<unknown>;
}

/** One that fails ends the others. Answers what the one says that hears the source to its end. */
async function encodeAll(
  tools: FolderTools,
  plan: ConversionPlan,
  work: Work,
  keeping: Keeping | undefined,
): Promise<RunResult> {
  const failed = new AbortController();
  const signal = AbortSignal.any([tools.signal, failed.signal]);
  const { split, segments, options, arrivals, joining } = work;
  // A seam that fits nowhere is known long before the last segment is made.
  joining.catch((error: unknown) => failed.abort(error));
  const progress = new SumOfProgress(segments, split, plan, options.onProgress);
  const results: RunResult[] = [];
  const make = async (index: number): Promise<boolean> => {
    const segment = segments[index];
    if (segment === undefined) throw new CannotJoin('there is no such segment');
    signal.throwIfAborted();
    try {
      results[index] = await runSegment({ ...tools, signal }, plan, { ...work, segment }, (seen) =>
        progress.note(index, seen),
      );
    } catch (error) {
      failed.abort(error);
      throw error;
    }
    progress.ended(index);
    arrivals.arrived(index);
    return !results[index].damaged;
  };
  const gathered =
    keeping === undefined
      ? inLanes(segments.length, split.lanes, make)
      : keeping.keeper.gather({
          ...(await nameSegments(tools, plan, work, segments)),
          canBeHelped: isByOrderAlone(plan),
          lanes: keeping.lanes,
          make,
          note: (index, part) => progress.notePart(index, part),
          brought(index) {
            progress.notePart(index, 1);
            arrivals.arrived(index);
          },
          areJoined: () => arrivals.areUsed(),
          signal,
        });
  await gathered.catch((error: unknown) => {
    // What failed first says why; the others were ended by it.
    if (!failed.signal.aborted) failed.abort(error);
  });
  tools.signal.throwIfAborted();
  const first: unknown = failed.signal.reason;
  if (failed.signal.aborted) throw first instanceof Error ? first : new CannotJoin('a segment failed');
  const last = results[segments.length - 1];
  if (last === undefined) throw new CannotJoin('there is no last segment');
  // What is wrong with the source, the last one has met as well.
  if (!last.damaged && results.some(({ damaged }) => damaged)) {
    throw new CannotJoin('a segment complains of what the last one does not');
  }
  return last;
}

/** One after the other in each lane. What one throws ends its lane; nothing is thrown here. */
async function inLanes(
  count: number,
  lanes: number,
  make: (index: number) => Promise<unknown>,
): Promise<void> {
  const rest = Array.from({ length: count }, (_, index) => index).values();
  const lane = async (): Promise<void> => {
    for (const index of rest) await make(index);
  };
  await Promise.allSettled(Array.from({ length: lanes }, lane));
}
