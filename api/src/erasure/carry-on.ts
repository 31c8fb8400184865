/**
 * Erasures go on until nothing is left and nothing more can arrive: any API process takes one whose pause is over, so that
 * what one began and did not live to end is ended by another, or by the next.
 */
import { every } from '@wavefleet/platform/every.ts';
import type { Erasure } from '@wavefleet/platform/people/erasures.ts';
import { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { EraseDeps } from './deps.ts';
import { eraseOwner, type Pass } from './erase-owner.ts';

/** A pass ends well before somebody else takes it; see `Erasures`. */
const PASS_SWEEPS = 3;
/** One cheap query for each process: mostly there is nothing. */
const LOOK_SWEEPS = 2;

/**
 * One pass of an erasure that is taken, and what follows from it: the end, or another pass later. Answers what it did.
 * @param now epoch ms. @throws SDK errors; then it is taken again.
 */
export async function passOver(
  deps: EraseDeps,
  erasure: Erasure,
  now = Date.now(),
  aborted: () => boolean = () => false,
): Promise<Pass> {
  const endAtMs = performance.now() + PASS_SWEEPS * deps.config.SWEEP_INTERVAL_MS;
  const pass = await eraseOwner(deps, erasure, () => aborted() || performance.now() > endAtMs, now);
  // Who died between a job and its count has left the count.
  if (pass.left === 0) await deps.quotas.forgetOwner(erasure.erases);
  const isOver = pass.left === 0 && erasure.watchedUntil <= now;
  if (!isOver) await deps.erasures.passed(erasure, { gotFurther: pass.jobs + pass.uploads > 0, now });
  else if (await deps.erasures.end(erasure)) deps.log.say('erasure.ended', { ownerId: erasure.erases });
  return pass;
}

/** One look: a pass for each erasure that is due at `now` (epoch ms). @throws SDK errors of the look itself. */
export async function carryOn(
  deps: EraseDeps,
  now = Date.now(),
  aborted: () => boolean = () => false,
): Promise<void> {
  for await (const due of deps.erasures.due(now)) {
    if (aborted()) return;
    try {
      const erasure = await deps.erasures.take(due, now);
      if (erasure === undefined) continue;
      await passOver(deps, erasure, now, aborted);
    } catch (error) {
      deps.log.say('erasure.waits', { ownerId: due.erases, err: error });
    }
  }
}

/** Looks at every second sweep. Answers the function that ends it after the pass under way. */
export function startErasures(platform: Platform): () => Promise<void> {
  const lookEveryMs = LOOK_SWEEPS * platform.config.SWEEP_INTERVAL_MS;
  // What the routes remember of a job is read again within a second.
  const deps = { ...platform, quotas: new Quotas(platform), records: { forget: () => undefined } };
  return every(
    { everyMs: lookEveryMs, firstMs: lookEveryMs * Math.random() },
    (signal) => carryOn(deps, Date.now(), () => signal.aborted),
    (error) => platform.log.say('erasure.look-failed', { err: error }),
  );
}
