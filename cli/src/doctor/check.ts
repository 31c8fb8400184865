/** One check of the outside world: bounded in time, never throwing, ending as one line of the report. */

import { explain } from '@wavefleet/platform/trouble/explain.ts';
import type { Kind } from '@wavefleet/platform/trouble/fixes.ts';
import type { Where } from '@wavefleet/platform/trouble/where.ts';
import { CallProblem } from './calls.ts';

type Status = 'ok' | 'warn' | 'FAIL';

/** Something that is not as it should be, and what to do about it. */
export interface Remark {
  /** `FAIL`: the fleet does not work like this. `warn`: it works, or it cannot be seen. */
  readonly status: 'warn' | 'FAIL';
  readonly problem: string;
  readonly fix: string;
  /** What else would only fail for the same reason: the other checks of this thing, or of the whole service. */
  readonly blocks?: 'thing' | 'service';
}

export interface Check {
  /** What is checked, as the report says it. */
  readonly what: string;
  /** The table, queue, bucket or bus that it is about. */
  readonly thing: string;
  /**
   * Answers what is wrong (nothing: all is well), or a detail worth showing. Throws for calls that fail.
   * @param signal aborted when the check's calls have taken too long.
   */
  run(signal: AbortSignal): Promise<readonly Remark[] | string>;
}

/** A check that has run. */
export interface Finding {
  readonly status: Status;
  readonly what: string;
  readonly ms: number;
  readonly remarks: readonly Remark[];
}

export interface Findings {
  readonly findings: readonly Finding[];
  /** Checks that were not run, since they would only have failed for a reason already reported. */
  readonly leftOut: number;
  /** Nothing of this service can be reached. */
  readonly blocked: boolean;
}

/** How long a check may take, in ms. */
export interface Limits {
  /** Its calls are aborted then; what is left is for deleting its probe. */
  readonly calls: number;
  /** The check is over then, whatever it still waits for. */
  readonly whole: number;
}
const LIMITS: Limits = { calls: 8_000, whole: 10_000 };

/** What a kind of error would keep from going well besides the call itself. */
const BLOCKED_BY: Partial<Record<Kind, 'thing' | 'service'>> = {
  network: 'service',
  credentials: 'service',
  missing: 'thing',
  region: 'thing',
};

/** One service's checks, in order. */
export async function runChecks(
  checks: readonly Check[],
  where: Where,
  limits: Limits = LIMITS,
): Promise<Findings> {
  const findings: Finding[] = [];
  const blockedThings = new Set<string>();
  for (const check of checks) {
    if (blockedThings.has(check.thing)) continue;
    const finding = await runOne(check, where, limits);
    findings.push(finding);
    const blocks = finding.remarks.map((remark) => remark.blocks);
    if (blocks.includes('service')) {
      return { findings, leftOut: checks.length - findings.length, blocked: true };
    }
    if (blocks.includes('thing')) blockedThings.add(check.thing);
  }
  return { findings, leftOut: checks.length - findings.length, blocked: false };
}

async function runOne(check: Check, where: Where, limits: Limits): Promise<Finding> {
  const startedAt = performance.now();
  const answer = await bounded(limits, (signal) => check.run(signal)).catch((error: unknown) => [
    remarkOf(error, where),
  ]);
  const remarks = typeof answer === 'string' ? [] : answer;
  return {
    status: statusOf(remarks),
    what: typeof answer === 'string' ? `${check.what} (${answer})` : check.what,
    ms: Math.round(performance.now() - startedAt),
    remarks,
  };
}

/** Not every library obeys a signal. */
async function bounded<T>(limits: Limits, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  let limit: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const late = new DOMException(`no answer in ${limits.whole} ms`, 'TimeoutError');
    limit = setTimeout(() => reject(late), limits.whole);
  });
  try {
    return await Promise.race([run(AbortSignal.timeout(limits.calls)), over]);
  } finally {
    clearTimeout(limit);
  }
}

function statusOf(remarks: readonly Remark[]): Status {
  if (remarks.some(({ status }) => status === 'FAIL')) return 'FAIL';
  return remarks.length > 0 ? 'warn' : 'ok';
}

function remarkOf(error: unknown, where: Where): Remark {
  const call = error instanceof CallProblem ? error : undefined;
  const { kind, problem, fix } = explain(call?.cause ?? error, where, call?.subject);
  if (call?.needed === false && kind === 'denied') {
    return {
      status: 'warn',
      problem: `cannot be seen with these credentials (${call.subject.action} on ${call.subject.resource})`,
      fix: "The fleet itself does without this permission: run the check with an operator's credentials to see it.",
    };
  }
  if (call?.needed === false && kind === 'unsupported') {
    return {
      status: 'warn',
      problem: `not known here (${problem})`,
      fix: 'Nothing to do for an emulator that lacks it.',
    };
  }
  const blocks = BLOCKED_BY[kind];
  return { status: 'FAIL', problem, fix, ...(blocks === undefined ? {} : { blocks }) };
}
