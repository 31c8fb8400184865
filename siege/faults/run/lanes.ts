/**
 * Many cases on few rigs, side by side: a rig that survived one case takes the next, a broken one is replaced, and a case
 * with settings of its own has one for itself.
 */
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultCase } from '../cases/case.ts';
import { Rig, type RigOptions } from '../rig/rig.ts';
import { type CaseResult, runCase } from './run-case.ts';

/** Where the logs of a rig lie that did not survive a case. */
export const logsOf = (id: string): string => join(tmpdir(), 'wavefleet-faults', id);

export interface LaneOptions {
  /** Rigs side by side. */
  readonly lanes: number;
  /** Of each rig. */
  readonly rig?: RigOptions;
  /** Breaks off: what was started is stopped, and no case begins. */
  readonly signal?: AbortSignal;
}

/** @param onResult told of each case when it is over. */
export async function runCases(
  cases: readonly FaultCase[],
  { lanes, rig: rigOptions, signal }: LaneOptions,
  onResult: (fault: FaultCase, result: CaseResult) => void,
): Promise<void> {
  const waiting = [...cases];
  const lane = async () => {
    let rig: Rig | undefined;
    try {
      for (let fault = waiting.shift(); fault && !signal?.aborted; fault = waiting.shift()) {
        if (fault.env !== undefined) {
          await rig?.stop();
          rig = undefined;
        }
        rig ??= await Rig.start({ ...rigOptions, env: { ...rigOptions?.env, ...fault.env } });
        const result = await runCase(fault, rig, signal);
        if (signal?.aborted) return;
        onResult(fault, result);
        const survived = result.shortfalls.length === 0;
        if (survived && fault.env === undefined) continue;
        if (!survived) await cp(rig.fleet.logDir, logsOf(fault.id), { recursive: true, force: true });
        // What it left behind would be the next one's fault.
        await rig.stop();
        rig = undefined;
      }
    } finally {
      await rig?.stop();
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, cases.length) }, lane));
}
