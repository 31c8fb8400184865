/** What has to be known before a result can be made: where its sound is, how long it is, how loud, and so how much gain. */
import type { LoudnessFigures } from '@wavefleet/contracts/loudness.ts';
import { meteredFilters } from '../args/level-filters.ts';
import { type Measuring, measure } from '../measuring/measure.ts';
import {
  lengthMeter,
  loudnessMeter,
  readLength,
  readLoudness,
  readSound,
  type Sound,
  silenceMeter,
} from '../measuring/meters.ts';
import { type Gain, withFound } from '../plan/levels.ts';
import type { ConversionPlan } from '../plan/plan.ts';

/** What the passes of one result have in common. */
export interface Listening extends Measuring {
  /** How the files of the meters begin. */
  readonly levels: string;
}

/** Hz of the source's samples is `sourceRate`. Answers what of the cut is not silent; see {@link readSound}. */
export async function findSound(
  listening: Listening,
  plan: ConversionPlan,
  thresholdDb: number,
): Promise<Sound | 'silent' | undefined> {
  const { tools, levels } = listening;
  await measure(listening, plan, silenceMeter(levels, thresholdDb));
  return await readSound(tools.cwd, levels, plan.sourceRate);
}

/** Samples of the result; a fade at the end has to know, and headers lie. */
export async function findLength(listening: Listening, plan: ConversionPlan): Promise<number> {
  const { tools, levels } = listening;
  const place = { resampler: tools.resampler, levels };
  const filters = [...meteredFilters(plan, place), ...lengthMeter(levels, plan.sampleRate)];
  await measure(listening, plan, filters);
  return await readLength(tools.cwd, levels);
}

/** The loudness of what the encoder would get. */
export async function findLoudness(listening: Listening, plan: ConversionPlan): Promise<LoudnessFigures> {
  const { tools, levels } = listening;
  const place = { resampler: tools.resampler, levels };
  await measure(listening, plan, [...meteredFilters(plan, place), ...loudnessMeter(levels)]);
  return await readLoudness(tools.cwd, levels);
}

/** How near a limiter's gain has to come, in LU, and how often it is tried. */
const CLOSE_LU = 0.1;
const TRIES = 4;
/** A limiter that has to be driven harder than this beyond the plain gain has nothing left to give. */
const MOST_DRIVE_DB = 15;
/** Nor one that lets less than this of a dB through. */
const LEAST_SHARE = 0.2;
/** The way back from the limiter's rate brings peaks up again a little. */
const LIMITER_MARGIN_DB = 0.1;

/** A loudness to come to, and the peak to stay below. */
export interface Aim {
  readonly targetLufs: number;
  readonly ceilingDbtp: number;
}

/**
 * The gain that brings `before` to the aim: a plain one when the peaks stay below the ceiling. Else a limiter holds them,
 * which takes loudness away, so its gain is found by listening.
 */
export async function findGain(
  listening: Listening,
  plan: ConversionPlan,
  before: { readonly integratedLufs: number; readonly truePeakDbtp: number },
  { targetLufs, ceilingDbtp }: Aim,
): Promise<Gain> {
  const plainDb = targetLufs - before.integratedLufs;
  if (before.truePeakDbtp + plainDb <= ceilingDbtp) return { db: plainDb, limitDbtp: undefined, cutDb: 0 };
  const limitDbtp = ceilingDbtp - LIMITER_MARGIN_DB;
  let gain: Gain = { db: plainDb, limitDbtp, cutDb: 0 };
  let former: { db: number; lufs: number } | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { integratedLufs } = await findLoudness(listening, withFound(plan, { gain }));
    const lufs = integratedLufs ?? targetLufs;
    const missing = targetLufs - lufs;
    if (Math.abs(missing) <= CLOSE_LU) break;
    // The harder a limiter works, the less of a further dB comes through.
    const share =
      former === undefined || gain.db === former.db ? 1 : (lufs - former.lufs) / (gain.db - former.db);
    former = { db: gain.db, lufs };
    const db = gain.db + missing / Math.min(1, Math.max(LEAST_SHARE, share));
    gain = { ...gain, db: Math.min(Math.max(db, plainDb), plainDb + MOST_DRIVE_DB) };
  }
  return gain;
}
