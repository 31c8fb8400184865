/**
 * Where a reader stands in a job's stream of progress, as the `id` of a server-sent event. It only grows, is the
 * same whichever process makes it, and says enough to go on without repeating or falling back.
 */
import type { ProgressView } from '@wavefleet/contracts/progress.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';

/** Compared field by field, in this order. */
export interface Position {
  /** 0 waiting, 1 processing, 2 ended. */
  readonly rank: number;
  readonly attempt: number;
  /** Percent × 10. */
  readonly tenths: number;
  /** Epoch ms of the report. */
  readonly time: number;
}

/** Before every event. */
export const START: Position = { rank: -1, attempt: 0, tenths: 0, time: 0 };
/** The `rank` of the last event. */
export const ENDED_RANK = 2;

/** Where a reader stands who has seen `view`. */
export function positionOf(view: ProgressView): Position {
  const rank = isTerminal(view.status) ? ENDED_RANK : view.status === 'created' ? 0 : 1;
  return {
    rank,
    attempt: view.attempt,
    tenths: Math.max(0, Math.round(view.progress * 10)),
    time: Date.parse(view.updatedAt),
  };
}

/** The `id` of an event. */
export function formatPosition({ rank, attempt, tenths, time }: Position): string {
  return [rank, attempt, tenths, time].join('-');
}

/** Reads a Last-Event-ID; anything that we did not write counts as the start. */
export function parsePosition(id: string | undefined): Position {
  const parts = /^([012])-(\d{1,9})-(\d{1,4})-(\d{1,16})$/.exec(id ?? '');
  if (parts === null) return START;
  const [rank = 0, attempt = 0, tenths = 0, time = 0] = parts.slice(1).map(Number);
  return { rank, attempt, tenths: Math.min(tenths, 1000), time };
}

/** Whether `next` comes after `last`. */
export function isAfter(next: Position, last: Position): boolean {
  const differences = [
    next.rank - last.rank,
    next.attempt - last.attempt,
    next.tenths - last.tenths,
    next.time - last.time,
  ];
  return (differences.find((difference) => difference !== 0) ?? 0) > 0;
}
