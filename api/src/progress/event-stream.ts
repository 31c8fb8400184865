/**
 * One reader's stream of a job's progress: what Redis publishes, and a look at the record and the stored
 * progress whenever Redis has been silent for a second. While the job waits there is nothing to see, and nobody knows
 * for how long: looks become rare then. Ends with the terminal event, read from the record.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ProgressReport, ProgressView } from '@wavefleet/contracts/progress.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { ProgressDeps } from './deps.ts';
import { isAfter, type Position, positionOf } from './event-position.ts';
import type { JobLook, ShownJob } from './job-look.ts';
import type { ProgressViews } from './progress-view.ts';

const SILENCE_MS = 1_000;
/** Of a job that waits. A worker that takes it is heard at once where there is Redis; these looks are the net below. */
const WAITING_MS = 7_500;
/** Without Redis nothing else tells that it has begun: each look comes a second later than the one before. */
const WAITING_UNTOLD_MS = 5_000;
/** Redis may lose the word that the job has ended while reports of a stopped worker still trickle in. */
const LONGEST_TRUST_MS = 10_000;
const HEARTBEAT_MS = 15_000;

/** Where one reader's events go. */
export interface EventSink {
  send(view: ProgressView, position: Position): Promise<void>;
  /** Keeps proxies and idle timeouts from closing the connection. */
  heartbeat(): Promise<void>;
}

/** What a stream reaches the world with. */
type StreamDeps = {
  readonly log: Pick<ProgressDeps['log'], 'say'>;
  readonly progress: Pick<ProgressDeps['progress'], 'subscribe' | 'isTold'>;
  readonly look: Pick<JobLook, 'at'>;
  readonly views: ProgressViews;
};

/**
 * Runs until the job has ended, it is gone, or `signal` aborts. Outages are waited out.
 * @param of.first what was seen of the job for the access check. @param of.from where the reader already is.
 */
export async function streamEvents(
  deps: StreamDeps,
  of: {
    readonly jobId: string;
    readonly ownerId: string;
    readonly first: ShownJob;
    readonly from: Position;
  },
  sink: EventSink,
  signal: AbortSignal,
): Promise<void> {
  const { progress, log, look: eye, views } = deps;
  const { jobId, ownerId } = of;
  const newest = new NewestMessage();
  const unsubscribe = progress.subscribe(jobId, (message) => newest.put(message));
  const stop = () => newest.put('ended');
  signal.addEventListener('abort', stop, { once: true });
  let job = of.first;
  let last = of.from;
  let sentAt = performance.now();
  let lookedAt = 0;
  /** Since the job was last seen to do anything but wait. */
  let waitingLooks = 0;

  function pauseMs(): number {
    if (job.status !== 'created') return SILENCE_MS;
    return progress.isTold ? WAITING_MS : Math.min(WAITING_UNTOLD_MS, waitingLooks * SILENCE_MS);
  }

  async function show(report: ProgressReport | undefined): Promise<void> {
    const view = notBelow(views.of(job, report), last);
    const position = positionOf(view);
    if (!isAfter(position, last)) return;
    last = position;
    sentAt = performance.now();
    await sink.send(view, position);
  }

  /** Answers false when the record is gone. A failed read changes nothing: the next look comes in a second. */
  async function look(): Promise<boolean> {
    lookedAt = performance.now();
    try {
      const sight = await eye.at(jobId, ownerId, { recordFirst: true });
      job = sight.job;
      waitingLooks = job.status === 'created' ? waitingLooks + 1 : 0;
      await show(sight.report);
    } catch (error) {
      if (error instanceof Failure) return false;
      log.say('events.unread', { jobId, err: error });
    }
    return true;
  }

  try {
    let exists = await look();
    while (exists && !signal.aborted && !isTerminal(job.status)) {
      const message = await newest.take(pauseMs());
      if (signal.aborted) return;
      if (performance.now() - sentAt >= HEARTBEAT_MS) {
        sentAt = performance.now();
        await sink.heartbeat();
      }
      // A report of an attempt that we have not seen claimed means that our copy of the record is old.
      const current =
        typeof message === 'object' && job.status === 'processing' && message.attempt <= job.attempt;
      if (current && performance.now() - lookedAt < LONGEST_TRUST_MS) await show(message);
      else exists = await look();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    unsubscribe();
  }
}

/** After a reconnect to another process, the reader may have seen more than this process has. */
function notBelow(view: ProgressView, last: Position): ProgressView {
  if (view.status !== 'processing') return view;
  return {
    ...view,
    progress: Math.max(view.progress, last.tenths / 10),
    attempt: Math.max(view.attempt, last.attempt),
  };
}

/** What Redis said last, held until it is taken: a slow reader skips what is outdated. `ended` is never skipped. */
export class NewestMessage {
  #message: ProgressReport | 'ended' | undefined;
  #wake: (() => void) | undefined;

  put(message: ProgressReport | 'ended'): void {
    if (this.#message !== 'ended') this.#message = message;
    this.#wake?.();
  }

  /** The newest message, or undefined when none came within `timeoutMs`. One taker at a time. */
  async take(timeoutMs: number): Promise<ProgressReport | 'ended' | undefined> {
    if (this.#message === undefined) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    const message = this.#message;
    this.#message = undefined;
    return message;
  }
}
