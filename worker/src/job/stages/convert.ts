/** Stage 4: FFmpeg. Everything is decided in the plan; this stage runs it and reports how far it is. */
import { outputFormat } from '@wavefleet/contracts/formats.ts';
import type { Warning } from '@wavefleet/contracts/job.ts';
import { convertArgs } from '../../ffmpeg/args/encode-args.ts';
import { writeCompanions } from '../../ffmpeg/companions/cover.ts';
import { outputFile } from '../../ffmpeg/folder-files.ts';
import { type ConversionPlan, planConversion } from '../../ffmpeg/plan/plan.ts';
import type { ProbedSource } from '../../ffmpeg/probing/source.ts';
import { runFfmpeg } from '../../ffmpeg/process/run.ts';
import { timeLimits } from '../../ffmpeg/process/time-limits.ts';
import type { JobContext } from '../context.ts';

/** A result on this disk that nobody has looked at yet. */
export interface Converted {
  /** Name within the job's folder. */
  readonly fileName: string;
  readonly plan: ConversionPlan;
  /** Seconds that FFmpeg says it wrote; null when it said nothing. */
  readonly writtenSeconds: number | null;
  /** FFmpeg met damaged data on the way. */
  readonly damaged: boolean;
  readonly warnings: readonly Warning[];
}

/** @throws Failure; see `ffmpeg/failure-of-exit.ts`. */
export async function convertAudio(context: JobContext, source: ProbedSource): Promise<Converted> {
  const { job, ffmpeg, folder, signal, platform, progress } = context;
  const { config } = platform;
  const { plan, warnings } = planConversion(source, job.format, job.quality, job.options);
  const shared = { binary: ffmpeg.ffmpeg, lists: ffmpeg.lists, sandbox: ffmpeg.sandbox, cwd: folder, signal };
  const { companions, warnings: coverWarnings } = await writeCompanions({ ...shared, plan });

  const totalDuration = plan.expectedSeconds;
  const limits = timeLimits(source.facts.durationSeconds, plan.trimStart);
  const { outTimeSeconds, damaged } = await runFfmpeg({
    binary: ffmpeg.ffmpeg,
    args: convertArgs(plan, ffmpeg.lists, companions),
    cwd: folder,
    sandbox: ffmpeg.sandbox,
    signal,
    limits: {
      ...limits,
      stallSeconds: Math.max(config.STALL_TIMEOUT_MS / 1000, limits.stallSeconds),
      memoryBytes: config.FFMPEG_MEMORY_BYTES,
      outputBytes: config.MAX_OUTPUT_BYTES,
    },
    onProgress: ({ outTimeSeconds: currentTime, speed }) => {
      if (currentTime === null) return;
      const left = totalDuration === null || !speed ? null : Math.max(0, totalDuration - currentTime) / speed;
      progress.update('convert', {
        fraction: totalDuration ? currentTime / totalDuration : null,
        currentTime,
        totalDuration,
        speed,
        secondsLeft: left,
      });
    },
  });
  return {
    fileName: outputFile(outputFormat(job.format).extension),
    plan,
    writtenSeconds: outTimeSeconds,
    damaged,
    warnings: [...warnings, ...coverWarnings],
  };
}
