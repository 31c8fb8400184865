/**
 * ECS scale-in protection: held while at least one job runs in this process, so that scaling in and deployments
 * end idle workers first. A convenience, not a safety net: a protected task can still be reclaimed (Spot), and a
 * worker without protection hands its jobs over like any other. So nothing here waits, throws or fails a job.
 *
 * A worker that always has a job would be protected for ever, and no deployment would ever end. So protection is
 * capped: after some minutes the worker takes nothing new, finishes what it has, and stays unprotected for a moment, in
 * which ECS may stop it. The same when ECS says that a deployment waits for it.
 *
 * The endpoint and its answers: AWS, "Amazon ECS task scale-in protection endpoint"
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html).
 */
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Log } from '@wavefleet/platform/log/log.ts';
import { http } from '@wavefleet/platform/node-http.ts';
import { parseJson } from '@wavefleet/platform/parse-json.ts';
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
  /** ms of protection without a gap after which nothing new is taken; off by up to a quarter, so that a fleet does not pause in step. */
  readonly longestMs: number;
  /** ms that the worker then stays unprotected and idle: ECS looks every few seconds. */
  readonly pauseMs: number;
  /** The same when ECS has said that a deployment waits. */
  readonly blockedPauseMs: number;
}

/** Ten minutes: long enough for one call per five minutes of work, short enough to be forgotten by a hung task. */
const productionClocks: ProtectionClocks = {
  expiresInMinutes: 10,
  renewMs: 300_000,
  lingerMs: 5_000,
  retryMs: 30_000,
  timeoutMs: 2_000,
  longestMs: 600_000,
  pauseMs: 30_000,
  blockedPauseMs: 120_000,
};

/** Why ECS refuses to protect a task that it wants to replace (AWS: as above, "failure"). */
const BLOCKED = 'DEPLOYMENT_BLOCKED';

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
  /** Takes nothing new, so that it can be stopped. */
  #isResting = false;
  #isBlocked = false;
  #cap: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;
  readonly #changes = new EventEmitter().setMaxListeners(0);

  /** @param agentUri what ECS puts into `ECS_AGENT_URI`; undefined outside ECS: then nothing is ever sent. */
  constructor(agentUri: string | undefined, log: Log, clocks: ProtectionClocks = productionClocks) {
    this.#url =
      agentUri === undefined ? undefined : `${agentUri.replace(/\/$/, '')}/task-protection/v1/state`;
    this.#log = log;
    this.#clocks = clocks;
  }

  /** Whether something new may be taken. */
  get isOpen(): boolean {
    return !this.#isResting;
  }

  /** Resolves at once while that is so, else when the pause is over. @throws the signal's AbortError. */
  async untilOpen(signal: AbortSignal): Promise<void> {
    while (this.#isResting) await once(this.#changes, 'rested', { signal });
  }

  /** A job begins. Returns at once; answers the function to call, once, when the job has ended. */
  hold(): () => void {
    this.#jobs += 1;
    clearTimeout(this.#linger);
    this.#want(true);
    if (this.#url !== undefined && !this.#closed) {
      this.#cap ??= setTimeout(() => this.#rest('long'), this.#clocks.longestMs * (0.75 + Math.random() / 2));
    }
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#jobs -= 1;
      if (this.#jobs > 0 || this.#closed) return;
      if (this.#isResting) this.#goIdle();
      else this.#linger = setTimeout(() => this.#letGo(), this.#clocks.lingerMs);
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
    clearTimeout(this.#cap);
    clearTimeout(this.#pause);
    clearTimeout(this.#nextCall);
    await this.#settle();
  }

  /** The gap that the cap asks for has come by itself. */
  #letGo(): void {
    clearTimeout(this.#cap);
    this.#cap = undefined;
    this.#want(false);
  }

  /** Nothing new is taken from now on. */
  #rest(why: 'long' | 'blocked'): void {
    if (why === 'blocked') this.#isBlocked = true;
    if (this.#isResting || this.#closed) return;
    this.#isResting = true;
    this.#log.say('protection.rests', { why, jobs: this.#jobs });
    clearTimeout(this.#linger);
    if (this.#jobs === 0) this.#goIdle();
  }

  /** The last job has ended: unprotected, and idle for a while. */
  #goIdle(): void {
    this.#letGo();
    clearTimeout(this.#pause);
    const { pauseMs, blockedPauseMs } = this.#clocks;
    this.#pause = setTimeout(
      () => {
        this.#isResting = false;
        this.#isBlocked = false;
        this.#changes.emit('rested');
      },
      this.#isBlocked ? blockedPauseMs : pauseMs,
    );
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
      const { status, body } = await put(url, JSON.stringify(wish), AbortSignal.timeout(timeoutMs));
      const answer = answerSchema.safeParse(parseJson(body));
      if (!answer.success) return `the ECS agent answered ${status} in an unknown form`;
      if ('failure' in answer.data && answer.data.failure.Reason === BLOCKED && enable) this.#rest('blocked');
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

/** That an end was set to it is said by its cause alone. */
function causeOf(error: Error): string | undefined {
  return error.cause instanceof Error ? error.cause.message : undefined;
}

async function put(
  url: string,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const request = http.request(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    // The next call is minutes away.
    agent: false,
    signal,
  });
  request.end(body);
  const [answer]: IncomingMessage[] = await once(request, 'response');
  return { status: answer?.statusCode, body: answer === undefined ? '' : await text(answer) };
}
