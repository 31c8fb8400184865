/** What the user is told of levels that were watched while the result was made. */
import type { Warning } from '@wavefleet/contracts/job.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { planWarning } from '../plan/plan-warnings.ts';
import { type Measurements, readMeasurements } from './measurements.ts';

/** A mono mix below this is silence: 16 bits end at −96 dBFS. */
const SILENT_DB = -90;
/**
 * How many dB a mix may lose. Channels that have nothing in common lose 3 dB, a lone rear channel of 5.1 loses 9; at 12
 * fifteen sixteenths of the power are gone.
 */
const CANCELLED_DB = 12;

/** Reads what the filters of `args/level-filters.ts` wrote. @param name how their files begin. */
export async function watchedLevels(folder: string, plan: ConversionPlan, name: string): Promise<Warning[]> {
  const { clipping, cancelling } = plan.levels.watch;
  return [
    ...(clipping ? clippingWarnings(await readMeasurements(folder, `${name}.clipping.txt`)) : []),
    ...(cancelling ? cancellingWarnings(await readMeasurements(folder, `${name}.mono.txt`)) : []),
  ];
}

/** Nothing is printed as long as nothing is beyond full scale. */
function clippingWarnings(seen: Measurements): Warning[] {
  const peakDb = seen.get('astats.Overall.Peak_level');
  if (peakDb === undefined) return [];
  const names = [...seen.keys()].filter((name) => name.endsWith('.Peak_count'));
  const count = names.reduce((sum, name) => sum + countOf(seen, name.replace('.Peak_count', '')), 0);
  return [planWarning('CLIPPED', { peak: peakDb.toFixed(2), count: Math.max(1, count) })];
}

/** `Peak_count` counts both the highest and the lowest samples of a channel, whether or not they are at the limit. */
function countOf(seen: Measurements, channel: string): number {
  const atLimit = [seen.get(`${channel}.Max_level`), seen.get(`${channel}.Min_level`)].filter(
    (level) => Math.abs(level ?? 0) >= 1,
  ).length;
  return atLimit === 0 ? 0 : (seen.get(`${channel}.Peak_count`) ?? 0) - (2 - atLimit);
}

function cancellingWarnings(seen: Measurements): Warning[] {
  const before = seen.get('astats.Overall.RMS_level') ?? Number.NEGATIVE_INFINITY;
  const after = seen.get('astats.1.RMS_level') ?? Number.NEGATIVE_INFINITY;
  // Silence stays silence.
  if (before < SILENT_DB) return [];
  if (after < SILENT_DB) return [planWarning('OUTPUT_SILENT')];
  const lost = before - after;
  return lost < CANCELLED_DB ? [] : [planWarning('PHASE_CANCELLED', { lost: lost.toFixed(1) })];
}
