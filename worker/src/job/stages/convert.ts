/** The convert stage: FFmpeg. Everything is decided in the plan; this stage runs it and reports how far it is. */

import { type Converted, convert } from '@wavefleet/audio/convert.ts';
import type { EncodeProgress } from '@wavefleet/audio/encode-options.ts';
import type { PassProgress } from '@wavefleet/audio/loudness/encode-as-asked.ts';
import type { ProbedSource } from '@wavefleet/audio/probing/source.ts';
import type { SourceFeed } from '@wavefleet/audio/process/source-feed.ts';
import { convertStreamed } from '@wavefleet/audio/streaming/convert-streamed.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import type { JobContext } from '../context.ts';
import { idleCores } from '../idle-cores.ts';
import { watchConversion } from '../progress/conversion-watch.ts';
import { runLimits } from '../run-limits.ts';
import { segmentKeeper } from '../segments/keeper.ts';
import { roomForResult } from '../temp-space.ts';

/** What a part of the job's result comes after: 0 for the first or only one. */
interface Before {
  readonly doneSeconds: number;
  readonly doneBytes: number;
}

/** Converts the source, or a part of it by its own options. */
type Converter = (source: ProbedSource, options: ConversionOptions, before: Before) => Promise<Converted>;

/** A source that is not on this disk. */
interface Streamed {
  readonly feed: SourceFeed;
  /** What of it lies on the disk all the same. */
  readonly diskBytes: number;
}

/**
 * @param streamed where the source comes from, in place of the folder.
 * @throws Failure TEMP_SPACE_LIMIT, INPUT_TOO_LONG, and what `convert.ts` of `audio/` throws, or `convert-streamed.ts` there.
 */
export async function convertAudio(
  context: JobContext,
  source: ProbedSource,
  streamed?: Streamed,
): Promise<Converted> {
  const nothing = { doneSeconds: 0, doneBytes: 0 };
  return await makeConverter(context, source, streamed)(source, context.job.options, nothing);
}

/** All that the parts of one job have in common: how far it is, and the room that its result has. */
export function makeConverter(context: JobContext, whole: ProbedSource, streamed?: Streamed): Converter {
  const { job, ffmpeg, folder, signal, platform, progress, log, holes } = context;
  const { config } = platform;
  const { sizeBytes } = job.inputS3Location;
  const room = roomForResult(job, whole, config, streamed?.diskBytes);
  const watch = watchConversion({ options: job.options, progress }, whole, sizeBytes);
  return async (source, options, { doneSeconds, doneBytes }) => {
    const order = { format: job.format, quality: job.quality, options };
    const tools = ffmpeg.in(folder, signal, log);
    const asked = {
      output: 'out',
      input: source.facts,
      holes,
      limits: runLimits(context, source, options.trimStart, room.bytes - doneBytes),
      onProgress: (step: EncodeProgress & Partial<PassProgress>) => {
        const seen = watch({
          ...step,
          writtenSeconds: doneSeconds + step.writtenSeconds,
          writtenBytes: step.writtenBytes === null ? null : doneBytes + step.writtenBytes,
          // A later part reads the source once more from its start.
          readBytes: doneSeconds === 0 ? step.readBytes : null,
        });
        progress.update('convert', seen);
        log.say('ffmpeg.progress', {
          writtenSeconds: step.writtenSeconds,
          totalSeconds: seen.totalDuration ?? null,
          speed: step.speed,
          percent: progress.percent,
        });
      },
      onStderr: (text: string) => progress.noteLog(text),
    };
    const parallel = {
      leastSeconds: config.SPLIT_MIN_ENCODE_MS / 1000,
      idleCores: context.idleCores ?? (() => idleCores({ queue: platform.queue, log })),
      hasRoom: (bytes: number) => context.workDir.allowsRoom(folder, bytes),
      keeper: segmentKeeper(context),
    };
    const converting =
      streamed === undefined
        ? convert(tools, source, order, { ...asked, ...(config.SPLIT_LONG_FILES && { parallel }) })
        : convertStreamed(tools, source, order, { ...asked, feed: streamed.feed });
    return await converting.catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'OUTPUT_TOO_LARGE' && room.failure !== undefined) throw room.failure;
      if (error.code === 'INPUT_TOO_LONG') {
        throw new Failure('INPUT_TOO_LONG', {
          cause: error,
          detail: { limitSeconds: config.MAX_DURATION_SECONDS },
        });
      }
      throw error;
    });
  };
}
