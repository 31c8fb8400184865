/**
 * The lease of one running job. Every beat renews the claim on the record and the message's invisibility.
 * The record decides: a refused beat, or no confirmed beat for most of the lease, aborts the job through `signal`.
 */

import type { Claim } from '@wavefleet/platform/jobs/claim.ts';
import type { JobQueue } from '@wavefleet/platform/jobs/queue.ts';
import type { JobTransitions } from '@wavefleet/platform/jobs/transitions.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';

/** Why a job was stopped from outside. None of these is a failure of the job; `gives-way` is for who only helps with it. */
export type StopReason = 'lease-lost' | 'shutdown' | 'gives-way';

/** The abort reason of a stopped job. */
export class Stopped extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`the job was stopped: ${reason}`);
    this.name = 'Stopped';
    this.reason = reason;
  }
}

/** A missed beat is tried again after this at the latest, long before the lease runs out. */
const LONGEST_BEAT_RETRY_MS = 2_000;

export interface LeaseDeps {
  readonly transitions: Pick<JobTransitions, 'beat'>;
  readonly queue: Pick<JobQueue, 'hide'>;
  readonly log: Log;
  readonly settings: {
    readonly LEASE_MS: number;
    readonly HEARTBEAT_MS: number;
    readonly VISIBILITY_TIMEOUT_MS: number;
  };
}

export class Lease {
  readonly #deps: LeaseDeps;
  readonly #claim: Claim;
  readonly #receiptHandle: string;
  readonly #abort = new AbortController();
  readonly #lost = new AbortController();
  /** Whether the last beat got no answer. */
  #isUnheard = false;
  #nextBeat: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #running = true;

  /** Beats from now on. @param claimedAtMs `performance.now()` just before the claim was asked for. */
  constructor(deps: LeaseDeps, claim: Claim, receiptHandle: string, claimedAtMs: number) {
    this.#deps = deps;
    this.#claim = claim;
    this.#receiptHandle = receiptHandle;
    this.#confirmed(claimedAtMs);
  }

  /** Aborted with a {@link Stopped} when the job must end now. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Aborted once others may have the job: the end of all tries to write for it. A shutdown alone is none. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Whether it was lost for want of an answer, and not to somebody else: then this worker is alive and well. */
  get isUnheard(): boolean {
    return this.#isUnheard;
  }

  /** Ends the job from outside. The first reason stays. */
  abort(reason: StopReason): void {
    this.#abort.abort(new Stopped(reason));
    if (reason === 'lease-lost') this.#lost.abort();
  }

  /** Ends the heartbeat. Must come before any change of the message's visibility: a late beat would undo it. */
  stop(): void {
    this.#running = false;
    clearTimeout(this.#nextBeat);
    clearTimeout(this.#deadline);
  }

  #schedule(afterMs: number): void {
    this.#nextBeat = setTimeout(() => void this.#beat(), afterMs);
  }

  /**
   * Never rejects: a beat that fails is logged and tried again soon, and the deadline is what stops the job. The
   * record decides; the message is renewed beside it, since an SQS that does not answer must not stop any work.
   */
  async #beat(): Promise<void> {
    const { transitions, queue, log, settings } = this.#deps;
    const startedAtMs = performance.now();
    this.#isUnheard = true;
    queue.hide(this.#receiptHandle, settings.VISIBILITY_TIMEOUT_MS).catch((error: unknown) => {
      if (this.#running) log.say('lease.message-shows', { err: error });
    });
    try {
      const isMine = await transitions.beat(this.#claim, settings.LEASE_MS);
      this.#isUnheard = false;
      if (!this.#running) return;
      if (!isMine) return this.abort('lease-lost');
      this.#confirmed(startedAtMs);
    } catch (error) {
      if (!this.#running) return;
      log.say('lease.unconfirmed', { err: error });
      this.#schedule(Math.min(LONGEST_BEAT_RETRY_MS, settings.HEARTBEAT_MS / 5));
    }
  }

  /**
   * Re-arms the deadline on the monotonic clock, a sixth of the lease before others may claim the job, and the next beat. Both
   * count from when the claim or beat was asked for, as the record does: one that was long in being answered, at a slow
   * table, leaves that much less until the next.
   */
  #confirmed(startedAtMs: number): void {
    const { LEASE_MS, HEARTBEAT_MS } = this.#deps.settings;
    const leftUntil = (ms: number) => Math.max(0, startedAtMs + ms - performance.now());
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.abort('lease-lost'), leftUntil(LEASE_MS * (5 / 6)));
    this.#schedule(leftUntil(HEARTBEAT_MS));
  }
}
