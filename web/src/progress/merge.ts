/** Views of one job that come over several roads, in one order. */
import type { ProgressView } from '@wavefleet/contracts/progress.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';

/**
 * The later of two views of one job. Views come over two roads (stream and polls) and may overtake each other: the
 * percent never falls, and what has ended stays ended.
 */
export function mergeProgress(held: ProgressView | undefined, next: ProgressView): ProgressView {
  if (held === undefined || isTerminal(next.status)) return next;
  if (isTerminal(held.status) || next.attempt < held.attempt) return held;
  const isOlder = next.attempt === held.attempt && next.updatedAt < held.updatedAt;
  if (isOlder) return held;
  return next.progress < held.progress ? { ...next, progress: held.progress } : next;
}
