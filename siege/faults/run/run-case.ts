/** One case on one rig: break, mend, judge. */
import type { FaultCase } from '../cases/case.ts';
import { judge } from '../oracle/oracle.ts';
import type { Rig } from '../rig/rig.ts';

export interface CaseResult {
  readonly id: string;
  readonly shortfalls: readonly string[];
  readonly jobs: number;
  readonly extraAttempts: number;
  /** How often the machine stood still meanwhile. */
  readonly stalls: number;
  /** From the end of the fault to the end of the last job. */
  readonly recoveryMs: number;
  readonly tookMs: number;
  /** What the case itself has measured, in words. */
  readonly figures: readonly string[];
}

/** A case that waits for what never comes has fallen short. */
const CASE_LIMIT_MS = 240_000;

/** Never throws: what goes wrong is a shortfall. */
export async function runCase(fault: FaultCase, rig: Rig, signal?: AbortSignal): Promise<CaseResult> {
  const startedAtMs = performance.now();
  const over = new AbortController();
  const facts = { id: fault.id, jobs: 0, extraAttempts: 0, stalls: 0, recoveryMs: 0, figures: [] };
  const tookMs = () => performance.now() - startedAtMs;
  const tooLong = Promise.withResolvers<never>();
  signal?.addEventListener('abort', () => tooLong.reject(new Error('broken off')), { once: true });
  const limit = setTimeout(
    () => tooLong.reject(new Error(`not over within ${CASE_LIMIT_MS / 1000} s`)),
    CASE_LIMIT_MS,
  );
  try {
    await rig.load.renew();
    rig.history.forget();
    rig.stalls.forget();
    const expected = await Promise.race([fault.run(rig), tooLong.promise]);
    await Promise.race([rig.heal(), tooLong.promise]);
    const watching = rig.load.watch(expected.jobs, over.signal);
    const verdict = await Promise.race([judge(rig, expected, performance.now()), tooLong.promise]);
    over.abort();
    await watching;
    const { jobs, figures = [] } = expected;
    return { ...facts, ...verdict, jobs: jobs.length, figures, tookMs: tookMs() };
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    return { ...facts, shortfalls: [sentence], tookMs: tookMs() };
  } finally {
    clearTimeout(limit);
    over.abort();
    tooLong.promise.catch(() => undefined);
  }
}
