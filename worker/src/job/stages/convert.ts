/** The convert stage: FFmpeg. Everything is decided in the plan; this stage runs it and reports how far it is. */

import { type Converted, convert } from '@wavefleet/audio/convert.ts';
import type { ProbedSource } from '@wavefleet/audio/probing/source.ts';
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

/** @throws Failure TEMP_SPACE_LIMIT, INPUT_TOO_LONG, and what `convert.ts` of `audio/` throws. */
export async function convertAudio(context: JobContext, source: ProbedSource): Promise<Converted> {
  const nothing = { doneSeconds: 0, doneBytes: 0 };
  return await makeConverter(context, source)(source, context.job.options, nothing);
}

/** All that the parts of one job have in common: how far it is, and the room that its result has. */
export function makeConverter(context: JobContext, whole: ProbedSource): Converter {
  const { job, ffmpeg, folder, signal, platform, progress, log, holes } = context;
  const { config } = platform;
  const room = roomForResult(job, whole, config);
  const { sizeBytes } = job.inputS3Location;
  const watch = watchConversion({ options: job.options, progress }, whole, sizeBytes);
  return async (source, options, { doneSeconds, doneBytes }) => {
    const order = { format: job.format, quality: job.quality, options };
    const converting = convert(ffmpeg.in(folder, signal, log), source, order, {
      output: 'out',
      input: source.facts,
      holes,
      limits: runLimits(context, source, options.trimStart, room.bytes - doneBytes),
      onProgress: (step) => {
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
      onStderr: (text) => progress.noteLog(text),
      ...(config.SPLIT_LONG_FILES && {
        parallel: {
          leastSeconds: config.SPLIT_MIN_ENCODE_MS / 1000,
          idleCores: () => idleCores({ queue: platform.queue, log }),
          hasRoom: (bytes) => context.workDir.allowsRoom(folder, bytes),
          keeper: segmentKeeper(context),
        },
      }),
    });
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
