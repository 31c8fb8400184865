/** What the user is told of levels that were watched while the result was made. */
import { outputFormat } from '@wavefleet/contracts/formats.ts';
import type { Warning } from '@wavefleet/contracts/job.ts';
import { print } from '../args/watch-filters.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { planWarning } from '../plan/plan-warnings.ts';
import { readMeasurements, readText } from './measurements.ts';

/** A mono mix below this is silence: 16 bits end at −96 dBFS. */
const SILENT_DB = -90;
/**
 * How many dB the peaks may lose. A lone side of stereo loses 6, a lone rear channel of 5.1 loses 17: no phase is to
 * blame there.
 */
const CANCELLED_DB = 18;

/** What was watched, and how to look at the result once more. */
interface Watched {
  readonly folder: string;
  /** How the files of the filters begin. */
  readonly levels: string;
  /** Runs the result through filters. Only called where samples are known to be clipped. */
  readonly measureResult: (filters: readonly string[]) => Promise<void>;
}

/** Reads what the filters of `args/watch-filters.ts` wrote. */
export async function watchedLevels(plan: ConversionPlan, watched: Watched): Promise<Warning[]> {
  const { beyondDbfs, cancelling } = plan.levels.watch;
  return [
    ...(beyondDbfs === undefined ? [] : await clippingWarnings(plan, watched)),
    ...(cancelling ? await cancellingWarnings(watched) : []),
  ];
}

/** Nothing is printed as long as nothing is beyond. */
async function clippingWarnings(
  { format, bitDepth }: ConversionPlan,
  { folder, levels, measureResult }: Watched,
): Promise<Warning[]> {
  const text = await readText(folder, `${levels}.clipping.txt`);
  const peaks = [...text.matchAll(/Peak_level=([\d.]+)$/gm)].map(([, peak]) => Number(peak));
  if (peaks.length === 0) return [];
  const peak = peaks.reduce((highest, one) => Math.max(highest, one), 0).toFixed(2);
  // What an encoder makes of them can be heard, but not counted.
  if (bitDepth === undefined)
    return [planWarning('PEAKS_CHANGED', { peak, format: outputFormat(format).label })];
  await measureResult([
    'aformat=sample_fmts=dblp',
    'asetnsamples=n=480000:p=0',
    'astats=metadata=1:measure_perchannel=Min_level+Max_level+Peak_count:measure_overall=none',
    print(levels, 'full-scale'),
  ]);
  const count = await fullScaleSamples(folder, `${levels}.full-scale.txt`, bitDepth);
  return [planWarning('CLIPPED', { peak, count: Math.max(1, count) })];
}

/** Samples at the highest or lowest figure that there is: those that were clipped, and the few that were just there. */
async function fullScaleSamples(folder: string, name: string, bitDepth: number): Promise<number> {
  const seen = await readMeasurements(folder, name);
  const channels = [...seen.keys()].filter((key) => key.endsWith('.Peak_count'));
  const highest = 1 - 2 / 2 ** bitDepth;
  return channels.reduce((sum, key) => {
    const level = (kind: string): number => Math.abs(seen.get(key.replace('Peak_count', kind)) ?? 0);
    const atLimit = [level('Max_level'), level('Min_level')].filter((one) => one >= highest - 1e-5).length;
    // `Peak_count` counts both the highest and the lowest samples, whether or not they are at the limit.
    return sum + (atLimit === 0 ? 0 : (seen.get(key) ?? 0) - (2 - atLimit));
  }, 0);
}

async function cancellingWarnings({ folder, levels }: Watched): Promise<Warning[]> {
  const text = await readText(folder, `${levels}.mono.txt`);
  const before = meanDb(text, /^lavfi\.astats\.Overall\.Peak_level=(-?[\d.]+)$/gm);
  const after = meanDb(text, /^lavfi\.astats\.1\.Peak_level=(-?[\d.]+)$/gm);
  // Silence stays silence.
  if (before < SILENT_DB) return [];
  if (after < SILENT_DB) return [planWarning('OUTPUT_SILENT')];
  const lost = before - after;
  return lost < CANCELLED_DB ? [] : [planWarning('PHASE_CANCELLED', { lost: lost.toFixed(1) })];
}

/** The peaks of all blocks as one level, so that one loud moment does not speak for the rest. Silent blocks say `-inf`. */
function meanDb(text: string, figure: RegExp): number {
  const powers = [...text.matchAll(figure)].map(([, db]) => 10 ** (Number(db) / 10));
  return 10 * Math.log10(powers.reduce((sum, power) => sum + power, 0) / Math.max(1, powers.length));
}
