/** What a conversion's readers are told while FFmpeg runs: how far it is, and how long the job still takes. */

import type { EncodeProgress } from '@wavefleet/audio/encode-options.ts';
import type { PassProgress } from '@wavefleet/audio/loudness/encode-as-asked.ts';
import { declaredSeconds, type ProbedSource } from '@wavefleet/audio/probing/source.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { HowFar, likelySeconds } from './how-far.ts';
import type { ProgressReporter, StageProgress } from './progress-reporter.ts';
import { Pace } from './time-left.ts';

/**
 * Watches one conversion. Answers what each step of FFmpeg is to be reported as.
 * @param of.progress what it is reported to: it knows how fast the way to S3 is.
 * @param sizeBytes of the source.
 */
export function watchConversion(
  of: {
    readonly options: ConversionOptions;
    readonly progress: Pick<ProgressReporter, 'bytesPerSecond'>;
  },
  source: ProbedSource,
  sizeBytes: number,
): (step: EncodeProgress & Partial<PassProgress>) => StageProgress {
  const { trimStart = 0, trimEnd, speed: times = 1 } = of.options;
  const declared = declaredSeconds(source);
  const begin = () => ({
    far: new HowFar({
      sizeBytes,
      declaredSeconds: declared,
      likelySeconds: likelySeconds(source.facts, sizeBytes),
      trimStart,
      trimEnd,
    }),
    pace: new Pace(),
  });
  const totalDuration =
    declared === null ? null : Math.max(0, Math.min(declared, trimEnd ?? declared) - trimStart) / times;
  let { far, pace } = begin();
  let passIndex = 0;

  return (step) => {
    const { writtenSeconds, speed, pass = ONLY_PASS } = step;
    // Each pass goes through the sound from its start.
    if (pass.index !== passIndex) ({ far, pace } = begin());
    passIndex = pass.index;
    const { fraction, secondsAhead: ahead } = far.at({ ...step, writtenSeconds: writtenSeconds * times });
    // What the passes to come will take is not known: the encoder is the slowest of them.
    const secondsAhead = pass.index < pass.count - 1 || ahead === null ? null : ahead / times;
    // Up to the start of a trim nothing is written, and nothing of its pace is known.
    if (writtenSeconds > 0) pace.note(writtenSeconds);
    const storing = storingSeconds(step, secondsAhead, of.progress.bytesPerSecond);
    const left = (perSecond: number | null) =>
      secondsAhead === null || !perSecond ? null : secondsAhead / perSecond + storing;
    return {
      fraction: (pass.index + fraction) / pass.count,
      currentTime: writtenSeconds,
      totalDuration,
      speed,
      secondsLeft: left(pace.perSecond()),
      guessedSecondsLeft: left(pace.perSecond() ?? speed),
    };
  };
}

/** A conversion that goes through the sound once. */
const ONLY_PASS = { index: 0, count: 1 };

/** How long the result will take to S3, if the way there is as fast as the source's way here was. */
function storingSeconds(
  { writtenSeconds, writtenBytes }: EncodeProgress,
  secondsAhead: number | null,
  bytesPerSecond: number | null,
): number {
  if (writtenBytes === null || secondsAhead === null || bytesPerSecond === null) return 0;
  const resultBytes = (writtenBytes * (writtenSeconds + secondsAhead)) / writtenSeconds;
  return resultBytes / bytesPerSecond;
}
