/** The convert stage: FFmpeg. Everything is decided in the plan; this stage runs it and reports how far it is. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Encoded, encode } from '../../ffmpeg/encode.ts';
import { type ConversionPlan, planConversion } from '../../ffmpeg/plan/plan.ts';
import type { ProbedSource } from '../../ffmpeg/probing/source.ts';
import { timeLimits } from '../../ffmpeg/process/time-limits.ts';
import type { JobContext } from '../context.ts';
import { watchConversion } from '../progress/conversion-watch.ts';
import { roomForResult } from '../temp-space.ts';

/** A result on this disk that nobody has looked at yet, and what it should be. */
export interface Converted extends Encoded {
  readonly plan: ConversionPlan;
}

/** @throws Failure TEMP_SPACE_LIMIT, and what `ffmpeg/encode.ts` throws. */
export async function convertAudio(context: JobContext, source: ProbedSource): Promise<Converted> {
  const { job, ffmpeg, folder, signal, platform, progress, log } = context;
  const { config } = platform;
  const { plan, warnings } = planConversion(source, job.format, job.quality, job.options);
  const room = roomForResult(job, source, config);
  const limits = timeLimits(source.facts.durationSeconds, job.options.trimStart);
  const watch = watchConversion({ options: job.options, progress }, source, job.inputS3Location.sizeBytes);
  const encoding = encode(ffmpeg.in(folder, signal, log), plan, {
    output: 'out',
    input: source.facts,
    limits: {
      ...limits,
      stallSeconds: Math.max(config.STALL_TIMEOUT_MS / 1000, limits.stallSeconds),
      memoryBytes: config.FFMPEG_MEMORY_BYTES,
      outputBytes: room.bytes,
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
  const encoded = await encoding.catch((error: unknown) => {
    const isTooLarge = error instanceof Failure && error.code === 'OUTPUT_TOO_LARGE';
    throw isTooLarge && room.failure !== undefined ? room.failure : error;
  });
  return { ...encoded, plan, warnings: [...warnings, ...encoded.warnings] };
}
