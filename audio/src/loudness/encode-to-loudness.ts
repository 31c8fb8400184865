/** Encodes to a loudness: the result itself is listened to, and made again where the encoder went beyond the ceiling. */
import type { Warning } from '@wavefleet/contracts/job.ts';
import type { LoudnessFigures, LoudnessReport } from '@wavefleet/contracts/loudness.ts';
import { type Encoded, encode } from '../encode.ts';
import type { EncodeOptions } from '../encode-options.ts';
import { measureResult } from '../measuring/measure.ts';
import { loudnessMeter, readLoudness } from '../measuring/meters.ts';
import { type Gain, withFound } from '../plan/levels.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { planWarning } from '../plan/plan-warnings.ts';
import { findGain, findLoudness, type Listening } from './settle.ts';

/** Below this a recording holds little but noise, which nobody wants at −16 LUFS. */
const TOO_QUIET_LUFS = -60;
/** An encoder may go beyond the ceiling, so results are listened to, and made again with a lower one. */
const MOST_ENCODES = 5;
/** How far from the target the result may be before it is made again: a little less than what is promised. */
const CLOSE_LU = 0.4;
/** Room below the ceiling that is left alone. */
const SPARE_DB = 0.1;
/** FFmpeg tells peaks in steps of 0.01 dB. */
const PEAK_STEP_DB = 0.005;

/** A result with the plan that made it, and what was measured. */
export interface EncodedToLoudness extends Encoded {
  readonly plan: ConversionPlan;
  readonly loudness: LoudnessReport;
}

/** Encodes until the result itself has the loudness, and no peak beyond the ceiling. */
export async function encodeToLoudness(
  listening: Listening,
  plan: ConversionPlan,
  options: EncodeOptions,
  asked: NonNullable<ConversionPlan['levels']['asked']['loudness']>,
): Promise<EncodedToLoudness> {
  const before = await findLoudness(listening, plan);
  const { targetLufs, truePeakDbtp: ceiling } = asked;
  const once = (gain?: Gain) => encodeOnce(listening, plan, options, { before, gain });
  if (targetLufs === undefined) return await once();
  if (!isLoudEnough(before)) {
    const kept = await once();
    return { ...kept, warnings: [planWarning('LOUDNESS_KEPT'), ...kept.warnings] };
  }

  /** The best that there was once more; its peaks are brought below the ceiling whatever that costs in loudness. */
  const settleFor = async ({ gain, over }: { gain: Gain; over: number }): Promise<EncodedToLoudness> => {
    let cutDb = 0;
    let beyond = over;
    for (let encodes = 1; ; encodes += 1) {
      if (beyond > PEAK_STEP_DB) cutDb += beyond + SPARE_DB * encodes;
      const settled = await once({ ...gain, cutDb });
      beyond = missOf(settled, targetLufs, ceiling).over;
      if (beyond <= PEAK_STEP_DB || encodes === MOST_ENCODES) return settled;
    }
  };

  const aim = { targetLufs, ceilingDbtp: ceiling };
  let made: EncodedToLoudness | undefined;
  let best: { gain: Gain; off: number; over: number } | undefined;
  for (let encodes = 1; encodes <= MOST_ENCODES; encodes += 1) {
    const gain = await findGain(listening, plan, before, aim);
    made = await once(gain);
    const { off, over } = missOf(made, targetLufs, ceiling);
    if (isBetter({ off, over }, best)) best = { gain, off, over };
    if (over <= PEAK_STEP_DB && Math.abs(off) <= CLOSE_LU) break;
    // Encoders overshoot anew each time, so a little more than what was seen is taken away.
    if (over > PEAK_STEP_DB) aim.ceilingDbtp -= over + 0.1;
    else if (off < 0 && over < -2 * SPARE_DB) aim.ceilingDbtp -= over + SPARE_DB;
    aim.targetLufs -= off;
    if (encodes === MOST_ENCODES) made = await settleFor(best ?? { gain, off, over });
  }
  if (made === undefined) throw new Error('nothing was encoded');
  return { ...made, warnings: [...loudnessWarnings(made, targetLufs, ceiling), ...made.warnings] };
}

/** Above all the peaks have to stay below the ceiling. */
function isBetter(
  { off, over }: { off: number; over: number },
  than: { off: number; over: number } | undefined,
): boolean {
  const cost = (miss: { off: number; over: number }): number =>
    Math.abs(miss.off - Math.max(0, miss.over)) + Math.max(0, miss.over) / 10;
  return than === undefined || cost({ off, over }) < cost(than);
}

function isLoudEnough(
  figures: LoudnessFigures,
): figures is LoudnessFigures & { integratedLufs: number; truePeakDbtp: number } {
  const { integratedLufs, truePeakDbtp } = figures;
  return integratedLufs !== null && integratedLufs >= TOO_QUIET_LUFS && truePeakDbtp !== null;
}

async function encodeOnce(
  { tools, levels, setting, shape }: Listening,
  plan: ConversionPlan,
  options: EncodeOptions,
  { before, gain }: { readonly before: LoudnessFigures; readonly gain: Gain | undefined },
): Promise<EncodedToLoudness> {
  const gained = gain === undefined ? plan : withFound(plan, { gain });
  const encoded = await encode(tools, gained, options, shape);
  await measureResult(tools, encoded.fileName, loudnessMeter(levels), setting);
  const after = await readLoudness(tools.cwd, levels);
  const method = gain === undefined ? 'none' : gain.limitDbtp === undefined ? 'gain' : 'limiter';
  const gainDb = gain === undefined ? 0 : Math.round((gain.db - gain.cutDb) * 100) / 100;
  return { ...encoded, plan: gained, loudness: { before, after, method, gainDb } };
}

/** LU above the target, and dB above the ceiling. */
function missOf(
  { loudness }: EncodedToLoudness,
  targetLufs: number,
  ceiling: number,
): { off: number; over: number } {
  return {
    off: (loudness.after.integratedLufs ?? targetLufs) - targetLufs,
    over: (loudness.after.truePeakDbtp ?? ceiling) - ceiling,
  };
}

/** What is promised of a result. */
const TOLERANCE_LU = 0.5;

function loudnessWarnings(made: EncodedToLoudness, target: number, ceiling: number): Warning[] {
  const { off, over } = missOf(made, target, ceiling);
  const after = made.loudness.after;
  if (Math.abs(off) > TOLERANCE_LU || over > PEAK_STEP_DB) {
    const [loudness, peak] = [after.integratedLufs ?? 'no', after.truePeakDbtp ?? 'no'];
    return [planWarning('LOUDNESS_MISSED', { target, ceiling, loudness, peak })];
  }
  return made.loudness.method === 'limiter' ? [planWarning('PEAKS_LIMITED', { target, ceiling })] : [];
}
