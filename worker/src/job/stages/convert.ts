/** The convert stage: FFmpeg. Everything is decided in the plan; this stage runs it and reports how far it is. */

import { type Converted, convert } from '@wavefleet/audio/convert.ts';
import type { ProbedSource } from '@wavefleet/audio/probing/source.ts';
import { timeLimits } from '@wavefleet/audio/process/time-limits.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { JobContext } from '../context.ts';
import { watchConversion } from '../progress/conversion-watch.ts';
import { roomForResult } from '../temp-space.ts';

/** @throws Failure TEMP_SPACE_LIMIT, INPUT_TOO_LONG, and what `ffmpeg/convert.ts` throws. */
export async function convertAudio(context: JobContext, source: ProbedSource): Promise<Converted> {
  const { job, ffmpeg, folder, signal, platform, progress, log } = context;
  const { config } = platform;
  const room = roomForResult(job, source, config);
  const { sizeBytes } = job.inputS3Location;
  const limits = timeLimits(source.facts.durationSeconds, job.options.trimStart, sizeBytes);
  const watch = watchConversion({ options: job.options, progress }, source, sizeBytes);
  const converting = convert(ffmpeg.in(folder, signal, log), source, job, {
    output: 'out',
    input: source.facts,
    limits: {
      ...limits,
      stallSeconds: Math.max(config.STALL_TIMEOUT_MS / 1000, limits.stallSeconds),
      memoryBytes: config.FFMPEG_MEMORY_BYTES,
      outputBytes: room.bytes,
      outputSeconds: config.MAX_DURATION_SECONDS,
    },
    onProgress: (step) => {
      const seen = watch(step);
      progress.update('convert', seen);
      log.say('ffmpeg.progress', {
        writtenSeconds: step.writtenSeconds,
        totalSeconds: seen.totalDuration ?? null,
        speed: step.speed,
        percent: progress.percent,
      });
    },
    onStderr: (text) => progress.noteLog(text),
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
}
