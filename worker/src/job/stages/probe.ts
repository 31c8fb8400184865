/** The probe stage: what the file really is. Its content decides, never its name or Content-Type. */
import { probe } from '@wavefleet/audio/probing/probe.ts';
import { credibleSeconds, declaredSeconds, type ProbedSource } from '@wavefleet/audio/probing/source.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { WorkContext } from '../context.ts';

/** @throws Failure for everything that cannot or may not be converted; see `audio/src/probing/probe.ts`. */
export async function probeInput(context: WorkContext): Promise<ProbedSource> {
  const { ffmpeg, folder, signal, platform, progress, log } = context;
  const source = await probe(ffmpeg.in(folder, signal, log), context.job.options.track);
  const limitSeconds = platform.config.MAX_DURATION_SECONDS;
  // Headers lie, so this only saves work for files that can be that long; the convert stage holds the rest to the limit.
  const durationSeconds = credibleSeconds(source, context.job.inputS3Location.sizeBytes);
  if (durationSeconds !== null && durationSeconds > limitSeconds && !shortened(context, limitSeconds)) {
    throw new Failure('INPUT_TOO_LONG', { detail: { limitSeconds, durationSeconds } });
  }
  progress.update('probe', { fraction: 1, totalDuration: declaredSeconds(source) });
  return source;
}

/** Whether the asked trim ends before the limit. */
function shortened({ job }: WorkContext, limitSeconds: number): boolean {
  return job.options.trimEnd !== undefined && job.options.trimEnd <= limitSeconds;
}
