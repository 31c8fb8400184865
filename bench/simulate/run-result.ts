/** What one run of the simulation leaves behind. Times in seconds. */

export interface TimelinePoint {
  readonly at: number;
  readonly waiting: number;
  readonly desired: number;
  readonly running: number;
  readonly busySlots: number;
}

export interface RunResult {
  readonly arrived: number;
  readonly finished: number;
  /** Seconds from arrival to the end, without the run that counted; one per job, sorted. */
  readonly waits: Float64Array;
  readonly audioMinutes: number;
  /** Runs that were handed over and done again, and the slot-seconds lost with them. */
  readonly redone: number;
  readonly lostSeconds: number;
  readonly reclaimed: number;
  readonly taskSeconds: number;
  readonly busySlotSeconds: number;
  /** Integral of the number of waiting jobs, and the same from the jobs' side: equal by Little's law. */
  readonly queueArea: number;
  readonly queuedSeconds: number;
  readonly seconds: number;
  readonly peakTasks: number;
  readonly timeline: readonly TimelinePoint[];
}

/** Several runs of one plan as if they were one; the timeline is the first one's. */
export function pooled(runs: readonly RunResult[]): RunResult {
  const [first] = runs;
  if (first === undefined) throw new Error('no runs to pool');
  const sum = (of: (run: RunResult) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    arrived: sum(({ arrived }) => arrived),
    finished: sum(({ finished }) => finished),
    waits: Float64Array.from(runs.flatMap(({ waits }) => [...waits])).sort(),
    audioMinutes: sum(({ audioMinutes }) => audioMinutes),
    redone: sum(({ redone }) => redone),
    lostSeconds: sum(({ lostSeconds }) => lostSeconds),
    reclaimed: sum(({ reclaimed }) => reclaimed),
    taskSeconds: sum(({ taskSeconds }) => taskSeconds),
    busySlotSeconds: sum(({ busySlotSeconds }) => busySlotSeconds),
    queueArea: sum(({ queueArea }) => queueArea),
    queuedSeconds: sum(({ queuedSeconds }) => queuedSeconds),
    seconds: sum(({ seconds }) => seconds),
    peakTasks: Math.max(...runs.map(({ peakTasks }) => peakTasks)),
    timeline: first.timeline,
  };
}
