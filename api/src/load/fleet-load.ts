/**
 * How loaded the fleet is, at one moment: what waits, what is at work, what could be, and how full that makes the fleet.
 * Workers are scaled by `desiredLoad` alone, since figures that arrive at different times must not be combined.
 */
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { ProcessSample } from '@wavefleet/contracts/system.ts';
import { depthOf } from '@wavefleet/platform/aws/messages.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { HourOfJobs } from '@wavefleet/platform/progress/pace.ts';

/** One look. What could not be told is undefined: a guess would scale the fleet. */
export interface FleetLoad {
  /** Jobs and drops that wait for a worker. */
  readonly backlog: number;
  /** How long the job that has waited longest has, since it was made. 0 when none waits. */
  readonly oldestWaitingSeconds: number | undefined;
  /** Jobs that all workers can be at, and are at. */
  readonly slots: Slots | undefined;
  /** Messages that were put aside. */
  readonly deadLetters: number;
  readonly meanJobSeconds: number;
}

interface Slots {
  readonly running: number;
  readonly busy: number;
}

/** The queues answer within some ms, or this look is given up. */
const LOOK_TIMEOUT_MS = 5_000;
/** The setting counts as so many jobs beside those that were measured: one odd file must not scale the fleet. */
const JOBS_OF_THE_SETTING = 10;
/** Jobs on the board that are looked up until one is found that does wait. */
const CANDIDATES = 20;

/** Measures. @throws SDK errors, when a queue or the table does not answer. */
export async function measureLoad(platform: Platform): Promise<FleetLoad> {
  const { aws, config, pace, processes, queue } = platform;
  const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
  const [jobs, drops, letters, dropLetters, samples, hour, oldestWaitingSeconds] = await Promise.all([
    queue.depth(signal),
    depthOf(aws.sqs, config.DROPS_QUEUE_URL, signal),
    queue.deadLetters(signal),
    depthOf(aws.sqs, config.DROPS_DLQ_URL, signal),
    processes.read(),
    pace.lastHour(),
    oldestWaiting(platform, Date.now()),
  ]);
  return {
    backlog: jobs.waiting + drops.waiting,
    // A board that Redis has lost knows of nobody who waits, and the queue does.
    oldestWaitingSeconds: oldestWaitingSeconds === 0 && jobs.waiting > 0 ? undefined : oldestWaitingSeconds,
    slots: samples && slotsOf(samples),
    deadLetters: letters + dropLetters.waiting + dropLetters.inFlight,
    meanJobSeconds: meanSeconds(hour, config.MEAN_JOB_SECONDS),
  };
}

/** The slots of all workers that live. */
export function slotsOf(samples: readonly ProcessSample[]): Slots {
  const workers = samples.filter(({ service }) => service === 'worker');
  return {
    running: workers.reduce((sum, { slots }) => sum + slots, 0),
    busy: workers.reduce((sum, { slots, jobIds }) => sum + Math.min(slots, jobIds.length), 0),
  };
}

/** What a job takes. Without Redis, and until jobs have ended, what the setting says. */
export function meanSeconds(hour: HourOfJobs | undefined, setting: number): number {
  const { jobs, totalMs } = hour ?? { jobs: 0, totalMs: 0 };
  return (totalMs / 1000 + JOBS_OF_THE_SETTING * setting) / (jobs + JOBS_OF_THE_SETTING);
}

/**
 * Slots that are at work, and slots that would get through the backlog within the target, for each slot there is: 1 is a
 * fleet that is just large enough. Undefined without slots: in proportion to nothing nothing can be said.
 */
export function desiredLoad(
  { backlog, slots, meanJobSeconds }: FleetLoad,
  targetSeconds: number,
): number | undefined {
  if (slots === undefined || slots.running === 0) return undefined;
  return (slots.busy + (backlog * meanJobSeconds) / targetSeconds) / slots.running;
}

/**
 * By the board of those that wait, each confirmed by its record, which alone knows since when. 0 when nobody is on the
 * board; undefined when Redis does not tell, or everybody looked at was at work or over by now.
 */
async function oldestWaiting({ jobs, turns }: Platform, now: number): Promise<number | undefined> {
  const candidates = await turns.longestWaiting(CANDIDATES);
  if (candidates === undefined || candidates.length === 0) return candidates && 0;
  const gone: string[] = [];
  try {
    for (const jobId of candidates) {
      const job = await jobs.get(jobId);
      const isWaiting =
        job !== undefined &&
        !isTerminal(job.status) &&
        (job.status === 'created' || (job.lease?.until ?? 0) < now);
      if (isWaiting) return Math.max(0, (now - Date.parse(job.createdAt)) / 1000);
      gone.push(jobId);
    }
  } finally {
    await turns.notWaiting(gone);
  }
  return undefined;
}
