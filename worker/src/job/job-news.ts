/**
 * What the world hears of a running job. That it has started is told in the background, since no conversion waits for
 * EventBridge, and stays in the outbox until the outcome goes out: then one update takes both away. Should the worker
 * die in between, a sweeper tells it once more. Of a job that is over in no time both are told at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '@wavefleet/contracts/job.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import { eventOf } from '@wavefleet/platform/jobs/events.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

/** While EventBridge does not answer. What has not gone out by the end of the job goes out with its outcome. */
const RETRY = { firstMs: 1_000, maxMs: 30_000 };
/** A job that ends before has its start told with its outcome, in one call in place of two. */
const START_AFTER_MS = 500;

export class JobNews {
  readonly #platform: Platform;
  readonly #log: Log;
  readonly #over = new AbortController();
  readonly #sent = new Set<string>();
  #telling: Promise<void> = Promise.resolve();

  constructor(platform: Platform, log: Log) {
    this.#platform = platform;
    this.#log = log;
  }

  /** Ids of the events that are out and still in the record's outbox. */
  get sent(): ReadonlySet<string> {
    return this.#sent;
  }

  /** Will soon begin to tell what the outbox of a job that was just claimed holds. */
  begin(job: Job): void {
    this.#telling = this.#keepTelling(job);
  }

  /**
   * Tells how a job has ended, with all that has not gone out yet: readers of its progress first, who wait; the others
   * in the background. Never throws: what does not get through is told by a sweeper.
   */
  async end(job: Job): Promise<void> {
    await this.stop();
    await this.#platform.progress.ended(job);
    this.#platform.announcer.announce(job, this.#sent);
  }

  /** Tells that a job will be tried again, in the background: the next attempt, or a sweeper, repeats it. */
  putOff(job: Job): void {
    this.#over.abort();
    this.#platform.announcer.announce(job, this.#sent);
  }

  /** Nothing is sent any more by itself; what is under way is broken off. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#telling;
  }

  async #keepTelling(job: Job): Promise<void> {
    const { signal } = this.#over;
    let waitMs = START_AFTER_MS;
    for (let failures = 1; ; failures += 1) {
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      if (await this.#told(job)) break;
      waitMs = backoffMs(failures, RETRY);
    }
    // More than its own start: what an earlier attempt left behind must not pile up.
    if (job.pendingEvents.length > 1)
      await this.#platform.outbox.clear(job, this.#sent).catch(() => undefined);
  }

  /** Answers whether all that the job brought along is out. */
  async #told(job: Job): Promise<boolean> {
    const waiting = job.pendingEvents.filter(({ eventId }) => !this.#sent.has(eventId));
    const events = waiting.map((news) => eventOf(job, news));
    try {
      const onTaken = (eventId: string) => this.#sent.add(eventId);
      await this.#platform.events.put(events, { onTaken, signal: this.#over.signal });
    } catch (error) {
      this.#log.say('job.news-waits', { err: error });
    }
    return this.#sent.size >= job.pendingEvents.length;
  }
}
