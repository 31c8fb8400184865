/** What has to hold in every flood. */
import type { Row } from './run.ts';

export interface Bounds {
  readonly livenessP99Ms: number;
  readonly rssBytes: number;
  /** Times what the other owner waits when nobody else is there, what it waits for cores left out. */
  readonly slower: number;
}

export const bounds: Bounds = { livenessP99Ms: 500, rssBytes: 200e6, slower: 2 };

/** One sentence for each that does not. */
export function shortfallsOf(row: Row, { livenessP99Ms, rssBytes, slower }: Bounds): string[] {
  return [
    ...(row.livenessP99Ms > livenessP99Ms ? [`liveness took ${row.livenessP99Ms.toFixed(0)} ms (p99)`] : []),
    ...(row.rssBytes > rssBytes ? [`the API held ${(row.rssBytes / 1e6).toFixed(0)} MB`] : []),
    ...(row.slower > slower
      ? [
          `another owner waited ${row.floodedMs.toFixed(0)} ms, not ${row.idleMs.toFixed(0)} ms: ${row.slower.toFixed(1)} times as long, waits for cores left out`,
        ]
      : []),
    ...(row.breakers > 0 ? [`${row.breakers} breakers opened`] : []),
    ...(row.kept !== row.letIn ? [`${row.letIn} were let in and ${row.kept} kept`] : []),
    ...(row.letIn === 0 ? ['nobody was let in'] : []),
  ];
}
