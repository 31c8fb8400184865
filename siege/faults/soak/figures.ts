/** What a soak comes to, from its history and the verdict about it. */
import type { History, Write } from '../history/history.ts';
import type { Verdict } from '../oracle/oracle.ts';
import type { Accepted } from '../rig/load.ts';

export interface SoakFigures {
  readonly jobs: number;
  /** Accepted, and not completed. */
  readonly lost: number;
  /** Ended more than once. */
  readonly twice: number;
  /** Distinct ends that were told. */
  readonly events: number;
  readonly wrongHashes: number;
  readonly orphans: number;
  readonly extraAttempts: number;
  /** From the end of a fault to the end of the last job that was open then. */
  readonly recoveryP95Ms: number;
  /** Jobs that were at work for nobody for longer than visibility timeout and lease together. */
  readonly unleased: readonly Unleased[];
}

/** In ms of the history's clock. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The longest time in which a job was at work by its record, was due, could be taken, and nobody had a lease on it. */
interface Unleased {
  readonly jobId: string;
  /** On the history's clock. */
  readonly fromMs: number;
  readonly ms: number;
}

export interface Seen {
  readonly history: History;
  readonly jobs: readonly Accepted[];
  readonly verdict: Verdict;
  /** One for each fault. */
  readonly recoveriesMs: readonly number[];
  /** When no job could be taken by anybody; one after the other. */
  readonly outages: readonly Span[];
  /** Visibility timeout and lease together. */
  readonly longestMs: number;
}

export function figuresOf(seen: Seen): SoakFigures {
  const { history, jobs, verdict, recoveriesMs, outages, longestMs } = seen;
  const clauses = (pattern: RegExp) => verdict.shortfalls.filter((sentence) => pattern.test(sentence)).length;
  const told = history.entries.flatMap((entry) => (entry.kind === 'told' ? [entry] : []));
  const ids = new Set(jobs.map(({ jobId }) => jobId));
  const ends = told.filter(({ jobId, eventId }) => ids.has(jobId) && eventId.split(':').length === 2);
  const sorted = recoveriesMs.toSorted((a, b) => a - b);
  return {
    jobs: jobs.length,
    lost: clauses(/^\(a\)/),
    twice: clauses(/ended \d+ times/),
    events: new Set(ends.map(({ eventId }) => eventId)).size,
    wrongHashes: clauses(/^\(c\)/),
    orphans: clauses(/^\(g\)/),
    extraAttempts: verdict.extraAttempts,
    recoveryP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    unleased: jobs
      .map(({ jobId }) => ({ jobId, ...longestUnleased(history.writesOf(jobId), outages) }))
      .filter(({ ms }) => ms > longestMs),
  };
}

/** Exported for its test. */
export function longestUnleased(writes: readonly Write[], outages: readonly Span[]): Omit<Unleased, 'jobId'> {
  let longest = { fromMs: 0, ms: 0 };
  for (const [index, write] of writes.entries()) {
    if (write.status !== 'processing') continue;
    const next = writes[index + 1];
    if (next === undefined) continue;
    const fromMs = Math.max(write.endedAtMs, write.lease?.untilMs ?? 0, write.notBeforeMs ?? 0);
    const ms = longestStretch({ fromMs, untilMs: next.startedAtMs }, outages);
    if (ms > longest.ms) longest = { fromMs, ms };
  }
  return longest;
}

/** The longest part of a span that no outage interrupts: after each one the fleet has its time again. */
function longestStretch({ fromMs, untilMs }: Span, outages: readonly Span[]): number {
  let longest = 0;
  let sinceMs = fromMs;
  for (const outage of outages.filter((outage) => outage.untilMs > fromMs && outage.fromMs < untilMs)) {
    longest = Math.max(longest, outage.fromMs - sinceMs);
    sinceMs = outage.untilMs;
  }
  return Math.max(longest, untilMs - sinceMs);
}
