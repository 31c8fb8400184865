/**
 * What may happen to one job, whatever goes wrong around it; a history that shows anything else is judged broken:
 * one claim holds at a time and only its holder ends the job, the end is one and for ever, events are distinct, and no
 * reader is ever taken back.
 */
import { isTerminal, type JobStatus, terminalStatuses } from '@wavefleet/contracts/states.ts';
import type { Entry, Read, Told, Write } from './history.ts';

export interface ModelOptions {
  /** Clocks of the processes differ: then a live lease may be taken, and only fencing is judged. Default false. */
  readonly clocksDiffer?: boolean;
}

/** One sentence for everything that may not have happened, to jobs whose beginning was seen. */
export function broken(entries: readonly Entry[], options: ModelOptions = {}): string[] {
  const jobs = Map.groupBy(entries, ({ jobId }) => jobId);
  return [...jobs].flatMap(([jobId, ofJob]) => {
    const writes = ofJob.filter((entry) => entry.kind === 'write');
    if (!writes.some(({ what }) => what === 'submit')) return [];
    return [
      ...brokenClaims(writes, options),
      ...brokenEnds(writes),
      ...brokenEvents(
        writes,
        ofJob.filter((entry) => entry.kind === 'told'),
      ),
      ...brokenReads(ofJob.filter((entry) => entry.kind === 'read')),
    ].map((sentence) => `job ${jobId}: ${sentence}`);
  });
}

function brokenClaims(writes: readonly Write[], { clocksDiffer = false }: ModelOptions): string[] {
  const found: string[] = [];
  const claims = writes.filter(({ what }) => what === 'claim').sort((a, b) => a.attempt - b.attempt);
  for (const [index, claim] of claims.entries()) {
    if (claim.attempt !== index + 1) found.push(`claim ${index + 1} has the attempt ${claim.attempt}`);
    const former = claims[index - 1];
    if (former === undefined || clocksDiffer) continue;
    const ofFormer = writes.filter(({ attempt }) => attempt === former.attempt);
    // Let go of: the lease is gone from the record, and anybody may claim.
    if (ofFormer.some(({ lease }) => lease === undefined)) continue;
    const heldUntilMs = Math.max(...ofFormer.map(({ lease }) => lease?.untilMs ?? 0));
    if (claim.nowMs < heldUntilMs)
      found.push(
        `attempt ${claim.attempt} was claimed ${heldUntilMs - claim.nowMs} ms before the lease of attempt ${former.attempt} ran out`,
      );
  }
  return found;
}

function brokenEnds(writes: readonly Write[]): string[] {
  const found: string[] = [];
  const made = writes.filter(({ what }) => what === 'submit').length;
  if (made > 1) found.push(`it was made ${made} times`);
  const ends = writes.filter(({ what }) => what === 'end');
  if (ends.length > 1) {
    const told = ends.map(({ status, attempt, caller }) => `${status} by ${caller} in attempt ${attempt}`);
    found.push(`it ended ${ends.length} times: ${told.join(', ')}`);
  }
  const last = Math.max(0, ...writes.filter(({ what }) => what === 'claim').map(({ attempt }) => attempt));
  for (const end of ends) {
    // A cancellation asks for nobody's right.
    if (end.owner === undefined) continue;
    const holder = writes.find(({ what, attempt }) => what === 'claim' && attempt === last)?.lease?.owner;
    if (holder !== undefined && end.owner !== holder)
      found.push(`it was ended by ${end.owner}, and attempt ${last} was ${holder}'s`);
  }
  const [end] = ends;
  if (end === undefined) return found;
  for (const later of writes.filter(({ startedAtMs }) => startedAtMs > end.endedAtMs))
    if (later.status !== end.status) found.push(`it was ${end.status}, and ${later.status} afterwards`);
  return found;
}

function brokenEvents(writes: readonly Write[], told: readonly Told[]): string[] {
  const found: string[] = [];
  const ends = writes.filter(({ what }) => what === 'end');
  const outcomes = new Set(told.filter(({ event }) => isOutcome(event)).map(({ eventId }) => eventId));
  if (outcomes.size > 1)
    found.push(`it had ${outcomes.size} different outcomes: ${[...outcomes].join(', ')}`);
  const kinds = new Set(told.filter(({ event }) => isOutcome(event)).map(({ event }) => event));
  for (const kind of kinds)
    if (!ends.some(({ status }) => status === kind)) found.push(`${kind} was told, and never was`);
  return found;
}

const isOutcome = (event: string) => terminalStatuses.some((status) => status === event);

const rank: Readonly<Record<JobStatus, number>> = {
  created: 0,
  processing: 1,
  completed: 2,
  failed: 2,
  cancelled: 2,
};

function brokenReads(reads: readonly Read[]): string[] {
  const found: string[] = [];
  for (const [index, read] of reads.entries()) {
    const before = reads[index - 1];
    if (before === undefined) continue;
    const fellBack = rank[read.status] < rank[before.status];
    const changed = isTerminal(before.status) && read.status !== before.status;
    if (fellBack || changed) found.push(`a reader was told ${before.status}, and then ${read.status}`);
  }
  const percents = reads.flatMap(({ percent }) => (percent === undefined || percent < 0 ? [] : [percent]));
  for (const [index, percent] of percents.entries()) {
    const before = percents[index - 1] ?? 0;
    if (percent < before) found.push(`a reader was told ${before} %, and then ${percent} %`);
  }
  return found;
}
