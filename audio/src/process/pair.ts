/** Two children, the second of which reads what the first one writes. */
import { type ChildEnd, type ChildOptions, type ChildPlace, startChild } from './child.ts';
import { endedWell } from './failure-of-exit.ts';

/** How both of them ended. */
export interface PairEnd {
  readonly first: ChildEnd;
  readonly second: ChildEnd;
  /** The one whose failure counts; undefined when both did what they should. */
  readonly failed: ChildEnd | undefined;
}

/** Two commands, joined. */
export interface PairOptions {
  readonly first: Omit<ChildOptions, 'stdoutBytes'>;
  readonly second: Omit<ChildOptions, 'stdin'>;
  /** The second may end well before it has read everything: it was told where to stop. */
  readonly mayEndEarly: boolean;
}

/** What FFmpeg says when nobody reads what it writes: Node joins children by sockets, not by pipes. */
const NOBODY_READS = /Broken pipe|Connection reset by peer/;

/**
 * Runs both to their ends, joined by the kernel. One that fails ends the other at once. The failure of the first counts
 * more, since the second would take its end for the end of the sound, and report success.
 * Throws only the abort reason of the place's signal, and only after both are gone.
 */
export async function runPair(place: ChildPlace, options: PairOptions): Promise<PairEnd> {
  place.signal.throwIfAborted();
  const first = startChild(place, { ...options.first, stdoutBytes: 'hand-over' });
  const second = startChild(place, {
    ...options.second,
    ...(first.stdout === null ? {} : { stdin: first.stdout }),
  });
  // With our end of it open, neither would notice that the other is gone.
  first.stdout?.destroy();

  let isFirstStopped = false;
  const [firstEnd, secondEnd] = await Promise.allSettled([
    first.ended.then((end) => {
      if (!endedWell(end)) second.kill();
      return end;
    }),
    second.ended.then((end) => {
      // With everything read it ends by itself; how it ended is to be seen, so it is not killed then.
      if (!endedWell(end) || options.mayEndEarly) {
        isFirstStopped = true;
        first.kill();
      }
      return end;
    }),
  ]);
  if (firstEnd.status === 'rejected') throw firstEnd.reason;
  if (secondEnd.status === 'rejected') throw secondEnd.reason;
  const ends = { first: firstEnd.value, second: secondEnd.value };
  const isFirstToBlame = !endedWell(ends.first) && !(isFirstStopped && wasNoLongerNeeded(ends.first));
  return { ...ends, failed: isFirstToBlame ? ends.first : endedWell(ends.second) ? undefined : ends.second };
}

function wasNoLongerNeeded(end: ChildEnd): boolean {
  if (end.killedFor !== undefined) return false;
  if (end.signal !== undefined) return end.signal === 'SIGKILL' || end.signal === 'SIGPIPE';
  return end.exitCode !== undefined && NOBODY_READS.test(end.stderr);
}
