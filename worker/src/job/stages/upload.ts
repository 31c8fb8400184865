/** The upload stage: the result into S3, under a key that only this attempt writes. */
import { outputFormat, ZIP } from '@wavefleet/contracts/formats.ts';
import type { InputFacts, JobOutput, Timings } from '@wavefleet/contracts/job.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { keyOf } from '../adoption.ts';
import type { JobContext } from '../context.ts';
import { writeNote } from '../result-note.ts';
import { storeFile } from '../store-file.ts';
import type { VerifiedOutput } from './verify.ts';

/**
 * With a note, by which another attempt can take it over.
 * @param timings of the stages so far.
 * @throws Failure STORAGE_UNAVAILABLE when S3 does not take it.
 */
export async function uploadOutput(
  context: JobContext,
  input: InputFacts,
  verified: VerifiedOutput,
  timings: Timings,
): Promise<JobOutput> {
  const { job, platform, progress, log } = context;
  const startedAtMs = performance.now();
  const { durationSeconds, sampleRate, channels, codec, sizeBytes: totalSize } = verified;
  const { mimeType } = verified.files === undefined ? outputFormat(job.format) : ZIP;
  const key = keyOf(context);
  const { warnings, loudness, files } = verified;
  const sound = { durationSeconds, sampleRate, channels, codec, files };
  const stored = await storeFile(context, key, verified.fileName, mimeType, {
    noteOf: (facts) => writeNote(job, { output: { ...facts, ...sound }, warnings, loudness, input, timings }),
    onSent: (uploadedSize) =>
      progress.update('upload', {
        fraction: uploadedSize / totalSize,
        uploadedSize,
        totalSize,
        ...secondsLeft(totalSize - uploadedSize, progress.bytesPerSecond),
      }),
  });
  const { bucket } = platform.objects;
  log.say('job.stored', { bucket, key, ...stored, ms: msSince(startedAtMs) });
  return { bucket, key, ...stored, ...sound };
}

/** Nothing of it while the pace is unknown: what was said before still stands. */
function secondsLeft(bytes: number, bytesPerSecond: number | null): { secondsLeft?: number } {
  return bytesPerSecond === null ? {} : { secondsLeft: bytes / bytesPerSecond };
}
