/** The verify stage: exit 0 is not success. The result must open, hold the asked audio and be as long as it should be. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Converted } from '@wavefleet/audio/convert.ts';
import type { LevelPlan } from '@wavefleet/audio/plan/levels.ts';
import { requireAsPlanned } from '@wavefleet/audio/results/as-planned.ts';
import { type OutputFacts, probeOutput } from '@wavefleet/audio/results/probe-output.ts';
import { tagWarnings } from '@wavefleet/audio/tags/tag-warnings.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Warning } from '@wavefleet/contracts/job.ts';
import type { LoudnessReport } from '@wavefleet/contracts/loudness.ts';
import type { JobContext } from '../context.ts';

/** Less than that no frame of any codec lasts. */
const LEAST_MISSING_SECONDS = 0.01;

/** A result that may be stored. */
export interface VerifiedOutput {
  /** Name within the job's folder. */
  readonly fileName: string;
  /** How many files it holds, when it is a zip. */
  readonly files?: number;
  /** How it was shaped. */
  readonly levels: LevelPlan;
  readonly sizeBytes: number;
  readonly durationSeconds: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly codec: string;
  readonly warnings: Warning[];
  /** Undefined when it was not asked for. */
  readonly loudness: LoudnessReport | undefined;
}

/**
 * @throws Failure OUTPUT_INVALID; NO_DECODABLE_AUDIO when FFmpeg did not say how much it wrote, and it is nothing;
 *   CORRUPT_INPUT when the caller asked to be strict about damage.
 */
export async function verifyOutput(context: JobContext, converted: Converted): Promise<VerifiedOutput> {
  const { job, ffmpeg, folder, signal, log } = context;
  const path = join(folder, converted.fileName);
  const { size: sizeBytes } = await lstat(path).catch((cause: unknown) => {
    throw new Failure('OUTPUT_INVALID', { cause });
  });
  const facts = await probeOutput(ffmpeg.in(folder, signal, log), {
    format: job.format,
    fileName: converted.fileName,
    hasTags: converted.plan.tags.size > 0,
  });
  requireAsPlanned(facts, converted);
  const warnings = [
    ...converted.warnings,
    ...damageWarnings(facts, converted),
    ...tagWarnings(facts.tags, converted.plan),
  ];
  if (job.options.strict === true && warnings.some(({ code }) => code === 'INPUT_TRUNCATED')) {
    throw new Failure('CORRUPT_INPUT');
  }
  const { durationSeconds, sampleRate, channels, codec } = facts;
  const { fileName, loudness, plan } = converted;
  const sound = { durationSeconds, sampleRate, channels, codec };
  return { fileName, sizeBytes, ...sound, warnings, loudness, levels: plan.levels };
}

/** A source that was not what it declared: the result is what could be read, and the user is told. */
function damageWarnings(facts: OutputFacts, { plan, damaged }: Converted): Warning[] {
  const warnings: Warning[] = [];
  // Infinite where the header only estimates: then any length is as good as declared.
  const { expectedSeconds: expected, expectedSlackSeconds: slack } = plan;
  // Of a file that is damaged, what is missing is no rounding.
  const least = damaged && Number.isFinite(slack) ? Math.min(slack, LEAST_MISSING_SECONDS) : slack;
  if (expected !== null && expected - facts.durationSeconds > least) {
    warnings.push({
      code: 'INPUT_TRUNCATED',
      message: `The file says it lasts ${seconds(expected)}, but only ${seconds(facts.durationSeconds)} could be read.`,
    });
  } else if (expected !== null && facts.durationSeconds - expected > slack + facts.paddingSeconds) {
    warnings.push({
      code: 'DURATION_DIFFERS',
      message: `The file says it lasts ${seconds(expected)}, but it holds ${seconds(facts.durationSeconds)}.`,
    });
  }
  if (damaged) {
    warnings.push({ code: 'DECODE_ERRORS', message: 'Parts of the file are damaged; they may sound wrong.' });
  }
  return warnings;
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}
