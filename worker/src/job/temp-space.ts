/** How much of its worker's disk one job may take: its source and its result together. */

import { credibleSeconds, declaredSeconds, type ProbedSource } from '@wavefleet/audio/probing/source.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { RunnableJob } from '@wavefleet/contracts/job.ts';
import { estimateOutputBytes } from '@wavefleet/contracts/output-size.ts';
import type { Config } from '@wavefleet/platform/config.ts';

/** Encoders that hold a bitrate come within this of it. */
const CLOSE = 1.1;

/** What of the disk is left for the result. */
export interface ResultRoom {
  /** The largest result that may be written. */
  readonly bytes: number;
  /** The failure that a larger one means; undefined where it is not the job's temporary space that ends it. */
  readonly failure: Failure | undefined;
}

/** What of a job decides how large its result is, and how large its source. */
type SizedJob = Pick<RunnableJob, 'format' | 'quality' | 'options'> & {
  readonly inputS3Location: Pick<RunnableJob['inputS3Location'], 'sizeBytes'>;
};

/**
 * Looks before anything is written.
 * @param sourceBytes what the source takes of this disk. Default: all of it.
 * @throws Failure TEMP_SPACE_LIMIT when the result is sure not to fit.
 */
export function roomForResult(
  job: SizedJob,
  source: ProbedSource,
  { MAX_TEMP_BYTES: limitBytes, MAX_OUTPUT_BYTES }: Pick<Config, 'MAX_TEMP_BYTES' | 'MAX_OUTPUT_BYTES'>,
  sourceBytes = job.inputS3Location.sizeBytes,
): ResultRoom {
  const left = limitBytes - sourceBytes;
  const failure = new Failure('TEMP_SPACE_LIMIT', { detail: { limitBytes, sourceBytes } });
  const isCredible = credibleSeconds(source, job.inputS3Location.sizeBytes) !== null;
  if (isCredible && leastBytes(job, source) > left) throw failure;
  return left < MAX_OUTPUT_BYTES ? { bytes: left, failure } : { bytes: MAX_OUTPUT_BYTES, failure: undefined };
}

/** Where only the sound decides, a result may be so much larger than is usual. */
const ROUGH = 2;

/** What the result will take at most, by what is usual. */
export function likelyBytes(job: SizedJob, source: ProbedSource): number {
  const { bytes, certainty } = estimateOf(job, source, source.facts.durationSeconds ?? 0);
  const most = certainty === 'exact' ? bytes : certainty === 'close' ? bytes * CLOSE : bytes * ROUGH;
  // A source that does not say how long it is.
  return source.facts.durationSeconds === null ? job.inputS3Location.sizeBytes * ROUGH : most;
}

/** What the result takes at least, as far as that is sure; 0 where only the sound decides. */
function leastBytes(job: SizedJob, source: ProbedSource): number {
  const durationSeconds = declaredSeconds(source);
  if (durationSeconds === null) return 0;
  const { bytes, certainty } = estimateOf(job, source, durationSeconds);
  return certainty === 'exact' ? bytes : certainty === 'close' ? bytes / CLOSE : 0;
}

function estimateOf(
  { format, quality, options }: SizedJob,
  { facts }: ProbedSource,
  durationSeconds: number,
) {
  const { codec, sampleRate, channels, bitDepth } = facts;
  return estimateOutputBytes({
    format,
    quality,
    options,
    durationSeconds,
    codec,
    sampleRate,
    channels,
    bitDepth,
  });
}
