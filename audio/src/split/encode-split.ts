/** One result made by several processes at once, each of which encodes a segment of it. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { EncodeSetting } from '../args/encode-args.ts';
import { dressArgs, type Segment, segmentArgs, segmentFiles } from '../args/segment-args.ts';
import type { EncodeProgress, RunSetting } from '../encode-options.ts';
import { folderFiles } from '../folder-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { type RunResult, runFfmpeg, ShapeChanged } from '../process/run.ts';
import type { FolderTools } from '../tools.ts';
import { CannotJoin, type JoinedSegment } from './join.ts';
import type { SplitPlan } from './plan-split.ts';

/** Decoding up to a segment's start runs at 800 times playback; a crowded machine gets a 16th. */
const SLOWEST_SKIP_SPEED = 50;
/** What one process would run into just as well; it is not tried. */
const FINAL: ReadonlySet<string> = new Set([
  'DISK_FULL',
  'OUTPUT_TOO_LARGE',
  'INPUT_TOO_LONG',
  'CONVERSION_TIMEOUT',
  'CORRUPT_INPUT',
  'FFMPEG_MISSING',
]);

/**
 * Encodes and joins.
 * @returns undefined where there is any doubt of the result: then nothing is left in the folder, and one process makes it.
 * @throws ShapeChanged; a Failure that one process would end with as well; the abort reason of `tools.signal`.
 */
export async function encodeSplit(
  tools: FolderTools,
  plan: ConversionPlan,
  split: SplitPlan,
  setting: EncodeSetting,
  options: RunSetting,
): Promise<RunResult | undefined> {
  const segments = segmentsOf(split, setting);
  const undressed = `joined.${setting.files.result}`;
  const startedAtMs = performance.now();
  try {
    const { damaged } = await encodeAll(tools, plan, { split, segments, setting, options });
    const encodedAtMs = performance.now();
    const { demuxer } = split.codec;
    const order = {
      cwd: tools.cwd,
      segments: segments.map(({ joined: one }) => one),
      lookAhead: split.lookAhead,
      result: demuxer === undefined ? setting.files.result : undressed,
    };
    const joined = await split.codec.join(order, plan);
    if (demuxer !== undefined) await dress(tools, plan, setting, options, { file: undressed, demuxer });
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
    await rm(join(tools.cwd, setting.files.result), { force: true });
    if (tools.signal.aborted || !isDoubt(error)) throw error;
    tools.log.say('split.abandoned', { segments: segments.length, err: error });
    return undefined;
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
  setting: EncodeSetting,
  options: RunSetting,
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

/** A segment with its place in the result. */
type PlacedSegment = Segment & { readonly joined: JoinedSegment };

function segmentsOf(
  { codec, takeOvers, warmUp, lookAhead, frameSamples }: SplitPlan,
  { files }: EncodeSetting,
) {
  return takeOvers.map((takesOver, index): PlacedSegment => {
    const next = takeOvers[index + 1];
    const firstFrame = Math.max(0, takesOver - warmUp);
    const isLast = next === undefined;
    const own = segmentFiles(files, index);
    const noiseFrames = firstFrame === 0 ? 0 : (codec.noiseFrames ?? 0);
    return {
      startSample: firstFrame * frameSamples,
      noiseSamples: noiseFrames * frameSamples,
      endSample: isLast ? undefined : (next + lookAhead) * frameSamples,
      file: own.file,
      levels: isLast ? files.levels : own.levels,
      isDressed: index === 0 && codec.demuxer === undefined,
      isLast,
      joined: { file: own.file, firstFrame: firstFrame - noiseFrames, takesOver },
    };
  });
}

interface Work {
  readonly split: SplitPlan;
  readonly segments: readonly PlacedSegment[];
  readonly setting: EncodeSetting;
  readonly options: RunSetting;
}

/** All at once; one that fails ends the others. Answers what the one says that hears the source to its end. */
async function encodeAll(tools: FolderTools, plan: ConversionPlan, work: Work): Promise<RunResult> {
  const failed = new AbortController();
  const signal = AbortSignal.any([tools.signal, failed.signal]);
  const { split, segments, setting, options } = work;
  const progress = new SumOfProgress(segments, split, plan, options.onProgress);
  const runs = segments.map(async (segment, index) => {
    const startSeconds = segment.startSample / plan.sampleRate;
    try {
      return await runFfmpeg(
        { ...tools, signal },
        {
          args: segmentArgs(plan, tools.lists, setting, segment, split.codec.bare),
          source: folderFiles.input,
          input: options.input,
          threads: setting.threads,
          limits: {
            ...options.limits,
            stallSeconds: options.limits.stallSeconds + startSeconds / SLOWEST_SKIP_SPEED,
          },
          onProgress: ({ outTimeSeconds, totalSizeBytes, speed }) =>
            progress.note(index, {
              writtenSeconds: outTimeSeconds ?? 0,
              writtenBytes: totalSizeBytes,
              speed,
            }),
          onStderr: options.onStderr,
        },
      );
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  const ends = await Promise.allSettled(runs);
  tools.signal.throwIfAborted();
  const first: unknown = failed.signal.reason;
  if (failed.signal.aborted) throw first instanceof Error ? first : new CannotJoin('a segment failed');
  const results = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const last = results.at(-1);
  if (last === undefined) throw new CannotJoin('there is no segment');
  // What is wrong with the source, the last one has met as well.
  if (!last.damaged && results.some(({ damaged }) => damaged)) {
    throw new CannotJoin('a segment complains of what the last one does not');
  }
  return last;
}

type Seen = Omit<EncodeProgress, 'readBytes'>;

/** Several processes, told as the one that there would be else. */
class SumOfProgress {
  readonly #seen: (Seen | undefined)[];
  /** What each says that is none of its share of the result, in seconds. */
  readonly #before: readonly number[];
  /** The share of each, in seconds: behind it, it looks ahead. */
  readonly #share: readonly number[];
  readonly #onProgress: RunSetting['onProgress'];

  constructor(
    segments: readonly PlacedSegment[],
    { frameSamples }: SplitPlan,
    plan: ConversionPlan,
    onProgress: RunSetting['onProgress'],
  ) {
    this.#seen = segments.map(() => undefined);
    this.#before = segments.map(({ joined: { takesOver, firstFrame }, isLast }) => {
      // FFmpeg tells the time of the output that is furthest: the checksum of the source begins at its start.
      const isTimeOfSource = isLast && plan.md5 !== undefined;
      const frames = isTimeOfSource ? takesOver : takesOver - firstFrame;
      return (frames * frameSamples) / plan.sampleRate;
    });
    this.#share = segments.map(({ joined: { takesOver } }, index) => {
      const next = segments[index + 1]?.joined.takesOver ?? Number.POSITIVE_INFINITY;
      return ((next - takesOver) * frameSamples) / plan.sampleRate;
    });
    this.#onProgress = onProgress;
  }

  note(index: number, progress: Seen): void {
    this.#seen[index] = progress;
    const sum = (figure: (one: Seen, at: number) => number | null): number | null =>
      this.#seen.reduce<number | null>((total, one, at) => {
        const value = one === undefined ? null : figure(one, at);
        return value === null ? total : (total ?? 0) + value;
      }, null);
    const written = sum(({ writtenSeconds }, at) =>
      Math.min(this.#share[at] ?? 0, Math.max(0, writtenSeconds - (this.#before[at] ?? 0))),
    );
    this.#onProgress?.({
      writtenSeconds: written ?? 0,
      writtenBytes: sum(({ writtenBytes }) => writtenBytes),
      // Each reads the source for itself.
      readBytes: null,
      speed: sum(({ speed }) => speed),
    });
  }
}
