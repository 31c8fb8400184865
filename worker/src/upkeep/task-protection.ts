/**
 * ECS scale-in protection: held while at least one job runs in this process, so that scaling in and deployments
 * end idle workers first. A convenience, not a safety net: a protected task can still be reclaimed (Spot), and a
 * worker without protection hands its jobs over like any other. So nothing here waits, throws or fails a job.
 *
 * The endpoint and its answers: AWS, "Amazon ECS task scale-in protection endpoint"
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html).
 */
import type { Log } from '@wavefleet/platform/log/log.ts';
import { z } from 'zod';

/** The endpoint passes calls on to the ECS API, which throttles per account: hence the pauses. */
export interface ProtectionClocks {
  /** Minutes (1 to 2,880) after which ECS itself ends a protection that nobody renewed. */
  readonly expiresInMinutes: number;
  /** ms between two renewals while jobs run; well below the expiry. */
  readonly renewMs: number;
  /** ms that protection outlasts the last job: a busy worker is not unprotected between two jobs. */
  readonly lingerMs: number;
  /** ms after a failed call until the next. */
  readonly retryMs: number;
  /** ms that one call may take. */
  readonly timeoutMs: number;
}

/** Ten minutes: long enough for one call per five minutes of work, short enough to be forgotten by a hung task. */
const productionClocks: ProtectionClocks = {
  expiresInMinutes: 10,
  renewMs: 300_000,
  lingerMs: 5_000,
  retryMs: 30_000,
  timeoutMs: 2_000,
};

const answerSchema = z.union([
  z.object({ protection: z.object({ ProtectionEnabled: z.boolean() }) }),
  z.object({ failure: z.object({ Reason: z.string(), Detail: z.string().nullish() }) }),
  z.object({ error: z.object({ Code: z.string(), Message: z.string().nullish() }) }),
]);

export class TaskProtection {
  readonly #url: string | undefined;
  readonly #log: Log;
  readonly #clocks: ProtectionClocks;
  #jobs = 0;
  #wanted = false;
  /** What ECS holds as far as we know; undefined after a call whose outcome is unknown or too old. */
  #held: boolean | undefined = false;
  #closed = false;
  #warned = false;
  #notBeforeMs = 0;
  #linger: NodeJS.Timeout | undefined;
  #nextCall: NodeJS.Timeout | undefined;
  #calling = false;
  #calls = Promise.resolve();

  /** @param agentUri what ECS puts into `ECS_AGENT_URI`; undefined outside ECS: then nothing is ever sent. */
  constructor(agentUri: string | undefined, log: Log, clocks: ProtectionClocks = productionClocks) {
    this.#url =
      agentUri === undefined ? undefined : `${agentUri.replace(/\/$/, '')}/task-protection/v1/state`;
    this.#log = log;
    this.#clocks = clocks;
  }

  /** A job begins. Returns at once; answers the function to call, once, when the job has ended. */
  hold(): () => void {
    this.#jobs += 1;
    clearTimeout(this.#linger);
    this.#want(true);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#jobs -= 1;
      if (this.#jobs > 0 || this.#closed) return;
      this.#linger = setTimeout(() => this.#want(false), this.#clocks.lingerMs);
    };
  }

  /**
   * The worker drains: protection ends now, whatever still runs, since this task is already being stopped.
   * Resolves when ECS was told or did not answer in time; never rejects.
   */
  async close(): Promise<void> {
    this.#want(false);
    this.#closed = true;
    clearTimeout(this.#linger);
    clearTimeout(this.#nextCall);
    await this.#settle();
  }

  #want(wanted: boolean): void {
    if (this.#closed) return;
    this.#wanted = wanted;
    void this.#settle();
  }

  /** One caller at a time, so that a slow call to enable never overtakes the one to disable. */
  #settle(): Promise<void> {
    if (!this.#calling && this.#url !== undefined) this.#calls = this.#callUntilSettled(this.#url);
    return this.#calls;
  }

  async #callUntilSettled(url: string): Promise<void> {
    this.#calling = true;
    while (this.#held !== this.#wanted && (this.#closed || performance.now() >= this.#notBeforeMs)) {
      const enable = this.#wanted;
      clearTimeout(this.#nextCall);
      const problem = await this.#put(url, enable);
      this.#held = problem === undefined ? enable : undefined;
      if (problem !== undefined) this.#failed(problem);
      else this.#log.say('protection.changed', { enabled: enable });
      if (this.#closed && !enable) break;
      if (problem !== undefined) this.#callAgainIn(this.#clocks.retryMs);
      else if (enable) this.#callAgainIn(this.#clocks.renewMs);
    }
    this.#calling = false;
  }

  #callAgainIn(ms: number): void {
    if (this.#closed) return;
    this.#nextCall = setTimeout(() => {
      this.#notBeforeMs = 0;
      if (this.#wanted) this.#held = undefined;
      void this.#settle();
    }, ms);
  }

  /** Once per process: a permission that is missing is missing for every job. */
  #failed(problem: string): void {
    this.#notBeforeMs = performance.now() + this.#clocks.retryMs;
    this.#log.say(this.#warned ? 'protection.still-failing' : 'protection.failed', { problem });
    this.#warned = true;
  }

  /** Answers what went wrong, or undefined. */
  async #put(url: string, enable: boolean): Promise<string | undefined> {
    const { expiresInMinutes, timeoutMs } = this.#clocks;
    const wish = enable
      ? { ProtectionEnabled: true, ExpiresInMinutes: expiresInMinutes }
      : { ProtectionEnabled: false };
    try {
      const response = await fetch(url, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(wish),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const answer = answerSchema.safeParse(await response.json());
      if (!answer.success) return `the ECS agent answered ${response.status} in an unknown form`;
      if ('failure' in answer.data) return reason(answer.data.failure.Reason, answer.data.failure.Detail);
      if ('error' in answer.data) return reason(answer.data.error.Code, answer.data.error.Message);
      return answer.data.protection.ProtectionEnabled === enable ? undefined : 'ECS kept the old state';
    } catch (error) {
      return error instanceof Error ? reason(error.message, causeOf(error)) : String(error);
    }
  }
}

function reason(code: string, detail: string | null | undefined): string {
  return detail ? `${code}: ${detail}` : code;
}

/** `fetch` says only "fetch failed"; why is in its cause. */
function causeOf(error: Error): string | undefined {
  return error.cause instanceof Error ? error.cause.message : undefined;
}
