/** What one FFmpeg of a job may take. */
import type { ProbedSource } from '@wavefleet/audio/probing/source.ts';
import type { RunLimits } from '@wavefleet/audio/process/run.ts';
import { timeLimits } from '@wavefleet/audio/process/time-limits.ts';
import type { WorkContext } from './context.ts';

/** @param outputBytes the largest result that there is room for. */
export function runLimits(
  { job, platform: { config } }: Pick<WorkContext, 'job' | 'platform'>,
  source: ProbedSource,
  trimStart: number | undefined,
  outputBytes: number,
): RunLimits {
  const limits = timeLimits(source.facts.durationSeconds, trimStart, job.inputS3Location.sizeBytes);
  return {
    ...limits,
    stallSeconds: Math.max(config.STALL_TIMEOUT_MS / 1000, limits.stallSeconds),
    memoryBytes: config.FFMPEG_MEMORY_BYTES,
    outputBytes,
    outputSeconds: config.MAX_DURATION_SECONDS,
  };
}
