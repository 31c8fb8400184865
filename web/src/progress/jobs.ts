/**
 * Every job that the page knows, kept up to date: a list poll for all of them, and a follower each for the few that
 * are moving on screen.
 */

import { asProblem, type Problem } from '@wavefleet/client/problem.ts';
import type { JobList, JobView } from '@wavefleet/contracts/http.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { Store } from '../store.ts';
import { Follower, type FollowerDeps, type Following } from './follower.ts';

/** Jobs that are followed one by one; the others wait, and the list poll tells when one of them moves. */
const FOLLOWED_AT_ONCE = 8;
/** Between two looks at the list while something is active, and while nothing is. */
const BUSY_MS = 4_000;
const IDLE_MS = 30_000;
const LIST_LIMIT = 50;
/** The most that the API lists in one answer. */
const MOST_LISTED = 100;
/** Jobs that are asked for again in one look. */
const LOADED_AT_ONCE = 8;

/** A job as it was last told; `following` while it is followed by itself. */
export interface JobEntry {
  readonly view: JobView;
  readonly following?: Following;
}

/** What the jobs need of the world. */
export interface JobsDeps extends FollowerDeps {
  readonly list: (query: { limit: number; cursor?: string }) => Promise<JobList>;
  readonly get: (jobId: string) => Promise<JobView>;
  /** Cancels an active job, deletes one that has ended. */
  readonly remove: (jobId: string) => Promise<unknown>;
}

/** Every job that the page knows. Looks at the server between `watch()` and `rest()`. */
export class Jobs {
  readonly all = new Store<ReadonlyMap<string, JobEntry>>(new Map());
  /** Why the list poll has no answer at the moment. */
  readonly trouble = new Store<Problem | undefined>(undefined);
  /** Called once for each job that ends while the page looks on. */
  onEnded: (view: JobView) => void = () => {};
  /** Called after every look at the list. */
  onListed: (views: readonly JobView[]) => void = () => {};
  readonly #deps: JobsDeps;
  readonly #followers = new Map<string, Follower>();
  readonly #removed = new Set<string>();
  /** Asked for without an answer: the list may not reach back to them. */
  readonly #unanswered = new Set<string>();
  #watching = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looks = 0;

  constructor(deps: JobsDeps) {
    this.#deps = deps;
  }

  /** Looks at the list now, and keeps looking. */
  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    void this.look();
  }

  /** Nobody sees the page: lets go of streams and polls. {@link watch} takes them up again. */
  rest(): void {
    this.#watching = false;
    clearTimeout(this.#timer);
    for (const follower of this.#followers.values()) follower.stop();
    this.#followers.clear();
  }

  async look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#looks += 1;
    const look = this.#looks;
    // An answer that a later look has overtaken says nothing of how the server is now.
    const tell = (trouble: Problem | undefined) => {
      if (look === this.#looks) this.trouble.set(trouble);
    };
    try {
      const { jobs } = await this.#deps.list({ limit: LIST_LIMIT });
      this.take(jobs);
      tell(undefined);
      for (const follower of this.#followers.values()) follower.serverAnswers();
      this.#loadUnanswered();
      this.onListed(jobs);
    } catch (error) {
      tell(asProblem(error));
    }
    if (!this.#watching) return;
    clearTimeout(this.#timer);
    const isWaiting = this.#awaitsPreview() || this.#unanswered.size > 0;
    const isBusy = this.#active().length > 0 || isWaiting || this.trouble.value !== undefined;
    this.#timer = setTimeout(() => void this.look(), isBusy ? BUSY_MS : IDLE_MS);
  }

  /** Takes in the newest so many, a hundred with one question. Never throws: the rest can be asked for one by one. */
  async lookBack(count: number): Promise<void> {
    let part: { cursor?: string } = {};
    try {
      for (let seen = 0; seen < count; seen += MOST_LISTED) {
        const { jobs, nextCursor } = await this.#deps.list({ limit: MOST_LISTED, ...part });
        this.take(jobs);
        if (nextCursor === null) return;
        part = { cursor: nextCursor };
      }
    } catch {
      // The next look at the list says that there is no answer.
    }
  }

  /** Answers whether the job is there; takes it in when it is, and without an answer at one of the next looks. */
  async load(jobId: string): Promise<boolean> {
    try {
      this.take([await this.#deps.get(jobId)]);
      this.#unanswered.delete(jobId);
      return true;
    } catch (error) {
      const isThere = asProblem(error).code !== 'JOB_NOT_FOUND';
      if (isThere) this.#unanswered.add(jobId);
      else this.#unanswered.delete(jobId);
      return isThere;
    }
  }

  #loadUnanswered(): void {
    for (const jobId of [...this.#unanswered].slice(0, LOADED_AT_ONCE)) {
      this.#unanswered.delete(jobId); // until there is no answer again: the next look may come before this one
      void this.load(jobId);
    }
  }

  /** Views from any answer. What is older than what is held is ignored: lists may lag behind. */
  take(views: readonly JobView[]): void {
    const next = new Map(this.all.value);
    const ended: JobView[] = [];
    for (const view of views) {
      if (this.#removed.has(view.jobId)) continue;
      const held = next.get(view.jobId);
      if (held !== undefined && isOlder(view, held.view)) continue;
      next.set(view.jobId, { ...held, view });
      if (held !== undefined && !isTerminal(held.view.status) && isTerminal(view.status)) ended.push(view);
    }
    this.all.set(next);
    for (const view of ended) this.#letGo(view.jobId);
    this.#follow();
    for (const view of ended) this.onEnded(view);
  }

  /** Cancels an active job and shows what has become of it. @throws Problem. */
  async cancel(jobId: string): Promise<void> {
    await this.#deps.remove(jobId);
    await this.load(jobId);
  }

  /** Deletes an ended job with its result; one that was deleted elsewhere is deleted. @throws Problem. */
  async delete(jobId: string): Promise<void> {
    try {
      await this.#deps.remove(jobId);
    } catch (error) {
      if (asProblem(error).code !== 'JOB_NOT_FOUND') throw error;
    }
    this.#forget(jobId);
  }

  /** After "we lost sight of it": the user asks again. */
  retryFollowing(jobId: string): void {
    this.#followers.get(jobId)?.retry();
    void this.look();
  }

  #active(): JobView[] {
    return [...this.all.value.values()].map((entry) => entry.view).filter((view) => !isTerminal(view.status));
  }

  #awaitsPreview(): boolean {
    const views = [...this.all.value.values()].map((entry) => entry.view);
    return views.some(({ playback }) => playback.source === 'pending' || playback.result === 'pending');
  }

  #follow(): void {
    if (!this.#watching) return;
    const wanted = this.#active()
      .filter((view) => !this.#followers.has(view.jobId))
      .sort((a, b) => rank(a) - rank(b) || a.createdAt.localeCompare(b.createdAt));
    for (const { jobId } of wanted.slice(0, FOLLOWED_AT_ONCE - this.#followers.size)) {
      const follower = new Follower(jobId, this.#deps, this.all.value.get(jobId)?.following?.view);
      this.#followers.set(jobId, follower);
      follower.state.subscribe(() => this.#show(jobId, follower));
      follower.start();
    }
  }

  #show(jobId: string, follower: Follower): void {
    const held = this.all.value.get(jobId);
    if (held === undefined) return;
    const following = follower.state.value;
    const status = following.view?.status;
    const hasBegun = status === 'processing' && held.view.status === 'created';
    const view = hasBegun ? begun(held.view) : held.view;
    this.all.set(new Map(this.all.value).set(jobId, { view, following }));
    if (following.state === 'ended') void this.load(jobId);
  }

  /** It does not come back with a late answer. */
  #forget(jobId: string): void {
    this.#removed.add(jobId);
    this.#unanswered.delete(jobId);
    this.#letGo(jobId);
    const next = new Map(this.all.value);
    next.delete(jobId);
    this.all.set(next);
    this.#follow();
  }

  #letGo(jobId: string): void {
    this.#followers.get(jobId)?.stop();
    this.#followers.delete(jobId);
  }
}

const rank = (view: JobView): number => (view.status === 'processing' ? 0 : 1);

function begun({ queue: _over, ...view }: JobView): JobView {
  return { ...view, status: 'processing' };
}

function isOlder(view: JobView, held: JobView): boolean {
  if (isTerminal(held.status) && !isTerminal(view.status)) return true;
  return view.updatedAt < held.updatedAt || (held.status === 'processing' && view.status === 'created');
}
