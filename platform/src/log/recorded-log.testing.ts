/** A log for tests, which keeps what was said instead of writing it. */
import type { Bound, Log } from './log.ts';
import type { LineName } from './table.ts';

/** One line: its name, and its fields with the ids that were bound. */
export interface Said {
  readonly event: LineName;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Hears every level. `said` grows with each line, of children too. */
export function recordedLog(): { readonly log: Log; readonly said: Said[] } {
  const said: Said[] = [];
  return { log: recording(said, {}), said };
}

function recording(said: Said[], bound: Bound): Log {
  return {
    say: (event, ...[fields]) => void said.push({ event, fields: { ...bound, ...fields } }),
    hears: () => true,
    child: (more) => recording(said, { ...bound, ...more }),
    within: (work) => work(),
  };
}
