/** Exit 0 is not success: what came out is held against what was planned, and against what FFmpeg counted. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { encoderOf } from '../encoders.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import type { OutputFacts } from './probe-output.ts';

/** FFmpeg counts encoder padding, so its own figure is looser: some 0.1 s and the frames of the longest codec. */
const COUNT_TOLERANCE_SECONDS = 0.1;
const LONGEST_FRAMES = 4_096;

/** What an encode says of its result. */
export interface SaidOfResult {
  readonly plan: ConversionPlan;
  /** Seconds that FFmpeg says it wrote; null when it does not. */
  readonly writtenSeconds: number | null;
  /** Whether it may have written more than it says. */
  readonly mayBeMore: boolean;
  /** Whether there may be holes in the sound. */
  readonly damaged: boolean;
}

/**
 * What we decided is what must have come out, and all of it.
 * @throws Failure OUTPUT_INVALID; NO_DECODABLE_AUDIO when FFmpeg did not say how much it wrote, and it is nothing.
 */
export function requireAsPlanned(
  facts: OutputFacts,
  { plan, writtenSeconds, mayBeMore, damaged }: SaidOfResult,
): void {
  if (writtenSeconds === null && facts.durationSeconds === 0) throw new Failure('NO_DECODABLE_AUDIO');
  const problems: string[] = [];
  const codec = encoderOf(plan.format).codec(plan);
  if (facts.codec !== codec) problems.push(`codec ${facts.codec}, not ${codec}`);
  if (facts.sampleRate !== plan.sampleRate) problems.push(`${facts.sampleRate} Hz, not ${plan.sampleRate}`);
  if (facts.channels !== plan.channels) problems.push(`${facts.channels} channels, not ${plan.channels}`);
  const tolerance = COUNT_TOLERANCE_SECONDS + LONGEST_FRAMES / facts.sampleRate + facts.paddingSeconds;
  // Frames that could not be decoded leave holes, which FFmpeg counts and most containers cannot hold.
  const isShort = writtenSeconds !== null && writtenSeconds - facts.durationSeconds > tolerance && !damaged;
  const isLong = writtenSeconds !== null && !mayBeMore && facts.durationSeconds - writtenSeconds > tolerance;
  if (isShort || isLong) {
    problems.push(`${facts.durationSeconds} s, though FFmpeg wrote ${writtenSeconds} s`);
  }
  if (problems.length > 0) throw new Failure('OUTPUT_INVALID', { cause: new Error(problems.join('; ')) });
}
