/**
 * Follows one job to its end: server-sent events while they flow, polling when they do not, and a plain word to the
 * user when neither works. Knows no DOM: stream, poll and clock are handed in.
 */

import { asProblem } from '@wavefleet/client/problem.ts';
import type { Sleep } from '@wavefleet/client/wait.ts';
import type { ProgressView } from '@wavefleet/contracts/progress.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { Store } from '../store.ts';
import { mergeProgress } from './merge.ts';

/** Between two polls of a running job, and of one that waits for its turn. */
const POLL_MS = 500;
const WAITING_POLL_MS = 1_500;
/** What polling slows down to while it fails. */
const SLOWEST_POLL_MS = 5_000;
const GIVE_UP_AFTER = 10;
/** A stream that says nothing for so long is checked by one poll, and left when the poll knows more. */
const SILENCE_MS = 8_000;
/** After so many good polls the stream gets another chance. */
const POLLS_BEFORE_STREAM = 30;

/** `live`: events. `polling`: asking. `trying`: polls fail. `lost`: given up until `retry()`. `ended`: nothing more comes. */
export type FollowState = 'live' | 'polling' | 'trying' | 'lost' | 'ended';

/** What is known of a followed job, and how. */
export interface Following {
  readonly view: ProgressView | undefined;
  readonly state: FollowState;
  /** Why it is `lost`: a sentence for the user. */
  readonly message?: string;
}

/** What a follower needs of the world. */
export interface FollowerDeps {
  /**
   * Opens the event stream. Undefined when there is no room for one more: browsers open six connections to a
   * server, and uploads need some. `onBroken` is called at most once.
   */
  readonly openStream: (
    jobId: string,
    onView: (view: ProgressView) => void,
    onBroken: () => void,
  ) => (() => void) | undefined;
  readonly poll: (jobId: string, signal: AbortSignal) => Promise<ProgressView>;
  readonly sleep: Sleep;
}

/** Follows from `start()` until the job has ended, `stop()`, or it is `lost`. */
export class Follower {
  readonly state: Store<Following>;
  readonly #jobId: string;
  readonly #deps: FollowerDeps;
  #run: AbortController | undefined;
  /** Whether it is `lost` although another try may succeed. */
  #isUnanswered = false;

  constructor(jobId: string, deps: FollowerDeps, known?: ProgressView) {
    this.#jobId = jobId;
    this.#deps = deps;
    this.state = new Store<Following>({ view: known, state: 'polling' });
  }

  start(): void {
    if (this.#run !== undefined || this.#ended()) return;
    const run = new AbortController();
    this.#run = run;
    void this.#follow(run.signal).finally(() => {
      if (this.#run === run) this.#run = undefined;
    });
  }

  stop(): void {
    this.#run?.abort();
    this.#run = undefined;
  }

  /** The server answers others again: who gave up for want of an answer asks again, and who was refused does not. */
  serverAnswers(): void {
    if (this.#isUnanswered) this.retry();
  }

  /** After `lost`: the user asks for another try. */
  retry(): void {
    this.#isUnanswered = false;
    this.stop();
    this.#show('polling');
    this.start();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#ended()) {
      await this.#listen(signal);
      if (signal.aborted || this.#ended()) break;
      if (!(await this.#ask(signal))) return;
    }
  }

  /** Returns when the stream has ended, broken, or fallen silent while the job went on. */
  async #listen(signal: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>();
    const watch = new AbortController();
    let heard = 0;
    const close = this.#deps.openStream(
      this.#jobId,
      (view) => {
        if (signal.aborted) return;
        heard += 1;
        this.#take(view, 'live');
        if (this.#ended()) over.resolve();
      },
      () => over.resolve(),
    );
    if (close === undefined) return;
    signal.addEventListener('abort', () => over.resolve(), { once: true });
    void this.#watchSilence(
      () => heard,
      AbortSignal.any([signal, watch.signal]),
      () => over.resolve(),
    );
    await over.promise;
    watch.abort();
    close();
  }

  async #watchSilence(heard: () => number, signal: AbortSignal, onDeaf: () => void): Promise<void> {
    try {
      for (;;) {
        const before = heard();
        await this.#deps.sleep(SILENCE_MS, signal);
        if (heard() !== before) continue;
        const held = this.state.value.view;
        const view = await this.#deps.poll(this.#jobId, signal);
        signal.throwIfAborted();
        const isNews = held === undefined || view.status !== held.status || view.progress > held.progress;
        if (isNews && heard() === before) {
          this.#take(view, 'polling');
          return onDeaf();
        }
      }
    } catch {
      if (!signal.aborted) onDeaf();
    }
  }

  /** Polls until the job ends or the stream is due another chance. Answers false when it gave up. */
  async #ask(signal: AbortSignal): Promise<boolean> {
    let failures = 0;
    for (let good = 0; good < POLLS_BEFORE_STREAM; ) {
      try {
        const view = await this.#deps.poll(this.#jobId, signal);
        if (signal.aborted) return false;
        failures = 0;
        good += 1;
        this.#take(view, 'polling');
      } catch (error) {
        if (signal.aborted) return false;
        failures += 1;
        const problem = asProblem(error);
        if (failures >= GIVE_UP_AFTER || !problem.retryable) {
          this.#run = undefined; // before it shows: who sees it may ask again at once
          this.#isUnanswered = problem.retryable;
          this.#show('lost', lostMessage(problem.code, problem.message));
          return false;
        }
        this.#show('trying');
      }
      if (this.#ended()) return true;
      const waits = this.state.value.view?.status === 'created';
      const calm = waits ? WAITING_POLL_MS : POLL_MS;
      const pause = failures === 0 ? calm : Math.min(SLOWEST_POLL_MS, POLL_MS * 2 ** failures);
      await this.#deps.sleep(pause, signal).catch(() => undefined);
      if (signal.aborted) return false;
    }
    return true;
  }

  #take(view: ProgressView, state: FollowState): void {
    const merged = mergeProgress(this.state.value.view, view);
    this.state.set({ view: merged, state: isTerminal(merged.status) ? 'ended' : state });
  }

  #show(state: FollowState, message?: string): void {
    const { view } = this.state.value;
    this.state.set({ view, state, ...(message === undefined ? {} : { message }) });
  }

  #ended(): boolean {
    return this.state.value.state === 'ended';
  }
}

function lostMessage(code: string, message: string): string {
  if (code !== 'NETWORK' && code !== 'SERVICE_UNAVAILABLE') return message;
  return 'We cannot reach the server, so we do not know how far this conversion is. It continues without this page.';
}
