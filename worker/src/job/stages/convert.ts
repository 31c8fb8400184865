/** The convert stage: FFmpeg. Everything is decided in the plan; this stage runs it and reports how far it is. */
import { type Encoded, encode } from '../../ffmpeg/encode.ts';
import { type ConversionPlan, planConversion } from '../../ffmpeg/plan/plan.ts';
import type { ProbedSource } from '../../ffmpeg/probing/source.ts';
import { timeLimits } from '../../ffmpeg/process/time-limits.ts';
import type { JobContext } from '../context.ts';

/** A result on this disk that nobody has looked at yet, and what it should be. */
export interface Converted extends Encoded {
  readonly plan: ConversionPlan;
}

/** @throws Failure; see `ffmpeg/encode.ts`. */
export async function convertAudio(context: JobContext, source: ProbedSource): Promise<Converted> {
  const { job, ffmpeg, folder, signal, platform, progress, log } = context;
  const { config } = platform;
  const { plan, warnings } = planConversion(source, job.format, job.quality, job.options);
  const totalDuration = plan.expectedSeconds;
  const limits = timeLimits(source.facts.durationSeconds, job.options.trimStart);
  const encoded = await encode(ffmpeg.in(folder, signal, log), plan, {
    output: 'out',
    input: source.facts,
    limits: {
      ...limits,
      stallSeconds: Math.max(config.STALL_TIMEOUT_MS / 1000, limits.stallSeconds),
      memoryBytes: config.FFMPEG_MEMORY_BYTES,
      outputBytes: config.MAX_OUTPUT_BYTES,
    },
    onProgress: ({ writtenSeconds: currentTime, speed }) => {
      const left = totalDuration === null || !speed ? null : Math.max(0, totalDuration - currentTime) / speed;
      progress.update('convert', {
        fraction: totalDuration ? currentTime / totalDuration : null,
        currentTime,
        totalDuration,
        speed,
        secondsLeft: left,
      });
      const { percent } = progress;
      log.say('ffmpeg.progress', {
        writtenSeconds: currentTime,
        totalSeconds: totalDuration,
        speed,
        percent,
      });
    },
  });
  return { ...encoded, plan, warnings: [...warnings, ...encoded.warnings] };
}
