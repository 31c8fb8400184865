/**
 * Samples that are no sound: floats that are not a number, infinite, or far beyond any level. Programs that fail write them, and
 * so does who takes other bytes for floats. Encoders crash of them, or lose what is around them.
 *
 * A source that may have some is watched on its way to the encoder. Where there are any, it is converted once more, cut
 * at full scale.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { lookAtFloats } from '../args/watch-filters.ts';
import { NoSoundFound } from '../plan/levels.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { readText } from './measurements.ts';

/** Where the filters have written to, and how to look at the source once more. */
export interface WatchedFloats {
  readonly folder: string;
  /** How the files of the filters begin. */
  readonly levels: string;
  /** Runs the source through filters; undefined where it is there only once. */
  readonly lookAgain: ((filters: readonly string[]) => Promise<void>) | undefined;
}

/**
 * Looks once more where some sample is beyond the limit it was held against.
 * @throws NoSoundFound
 */
export async function requireSound(plan: ConversionPlan, watched: WatchedFloats): Promise<void> {
  if (!plan.levels.watch.noSound || (await isWithinLimit(plan, watched))) return;
  if (watched.lookAgain !== undefined) {
    await watched.lookAgain(lookAtFloats(plan, watched));
    if (await isWithinLimit(plan, watched)) return;
  }
  throw new NoSoundFound();
}

/** What encoders end with that were given such samples. */
const endings: ReadonlySet<Failure['code']> = new Set([
  'CORRUPT_INPUT',
  'NO_DECODABLE_AUDIO',
  'DECODER_CRASHED',
  'CONVERSION_FAILED',
]);

/** Why an encode has failed: what it had seen of the source went with its process. */
export async function causeOf(
  failure: unknown,
  plan: ConversionPlan,
  watched: WatchedFloats,
): Promise<unknown> {
  const { lookAgain } = watched;
  const mayBe = plan.levels.watch.noSound && failure instanceof Failure && endings.has(failure.code);
  if (!mayBe || lookAgain === undefined) return failure;
  try {
    await lookAgain(lookAtFloats(plan, watched));
  } catch {
    return failure;
  }
  return (await isWithinLimit(plan, watched)) ? failure : new NoSoundFound('', { cause: failure });
}

/** Each channel has begun to be "silent" with its first sample, and has not ended to be. */
export async function isWithinLimit(
  { sampleRate, channels }: ConversionPlan,
  { folder, levels }: Pick<WatchedFloats, 'folder' | 'levels'>,
): Promise<boolean> {
  const text = await readText(folder, `${levels}.limit.txt`);
  const begun = [...text.matchAll(/^lavfi\.silence_start\.\d+=(.+)$/gm)].map(([, at]) => Number(at));
  const fromTheStart = begun.filter((seconds) => Math.round(seconds * sampleRate) <= 1);
  return fromTheStart.length === channels && !text.includes('lavfi.silence_end');
}
