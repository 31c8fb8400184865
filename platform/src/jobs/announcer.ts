/**
 * Announces beside the work: whoever has ended a job goes on at once, and the world hears of it a moment later, many
 * jobs in one call. One try each. What does not get through stays in the record's outbox, and a sweeper sees to it.
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { Gathering } from '../gathering.ts';
import { type AnnounceDeps, type Announcement, announceAll } from './announce.ts';
import { EVENTS_A_CALL } from './events.ts';

/** More than these at a time: the rest is left to the sweeper. */
const MOST_WAITING = 1_000;
/** Nobody notices it, and a process that ends ten small jobs a second makes four calls in place of ten. */
const GAP_MS = 250;
/** What waits when the process ends has this long. */
const GRACE_MS = 3_000;

export class Announcer {
  readonly #deps: AnnounceDeps;
  readonly #gathering: Gathering<Announcement>;

  constructor(deps: AnnounceDeps) {
    this.#deps = deps;
    this.#gathering = new Gathering({
      send: (batch) => announceAll(deps, batch),
      // Each has one event or a few: as many as one call takes, or hardly more.
      batchSize: EVENTS_A_CALL,
      gapMs: GAP_MS,
      mostWaiting: MOST_WAITING,
    });
  }

  /** Announces the job soon. Never throws, and waits for nothing. */
  announce(job: Job, sent: ReadonlySet<string> = new Set()): void {
    if (this.#gathering.add({ job, sent })) return;
    this.#deps.log.say('job.not-announced', { jobId: job.jobId, err: new Error('too many wait') });
  }

  /** Resolves when all is announced or left to the sweeper. */
  async close(): Promise<void> {
    await this.#gathering.close(GRACE_MS);
  }
}
