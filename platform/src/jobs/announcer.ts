/**
 * Announces beside the work: whoever has ended a job goes on at once, and the world hears of it a moment later, many
 * jobs in one call. One try each. What does not get through stays in the record's outbox, and a sweeper sees to it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '@wavefleet/contracts/job.ts';
import { type AnnounceDeps, type Announcement, announceAll } from './announce.ts';
import { EVENTS_A_CALL } from './events.ts';

/** More than these at a time: the rest is left to the sweeper, and memory stays small. */
const MOST_WAITING = 1_000;
/** What waits when the process ends has this long. */
const GRACE_MS = 3_000;

export class Announcer {
  readonly #deps: AnnounceDeps;
  /** The loop serves all jobs: its lines must not carry the ids of the one that happened to begin it. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #waiting: Announcement[] = [];
  #loop: Promise<void> | undefined;

  constructor(deps: AnnounceDeps) {
    this.#deps = deps;
  }

  /** Announces the job soon. Never throws, and waits for nothing. */
  announce(job: Job, sent: ReadonlySet<string> = new Set()): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#deps.log.say('job.not-announced', { jobId: job.jobId, err: new Error('too many wait') });
      return;
    }
    this.#waiting.push({ job, sent });
    this.#loop ??= this.#outside(() => this.#send());
  }

  /** Resolves when all is announced or left to the sweeper. */
  async close(): Promise<void> {
    const over = sleep(GRACE_MS, undefined, { ref: false }).then(() => {
      this.#waiting = [];
    });
    await Promise.race([this.#loop, over]);
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Each has one event or a few: as many as one call takes, or hardly more.
      const batch = this.#waiting.splice(0, EVENTS_A_CALL);
      await announceAll(this.#deps, batch);
    }
    this.#loop = undefined;
  }
}
