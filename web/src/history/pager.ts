/** The history as the user reads it: one status or all, page after page, kept fresh. The jobs themselves are in `Jobs`. */

import type { JobQuery } from '@wavefleet/client/jobs.ts';
import { asProblem } from '@wavefleet/client/problem.ts';
import type { JobList, JobView } from '@wavefleet/contracts/http.ts';
import type { JobStatus } from '@wavefleet/contracts/states.ts';
import { Store } from '../store.ts';

const PAGE = 20;
/** The most that the API lists in one answer. */
const MOST_AT_ONCE = 100;
/** Answers without any job, each after a further part of a long history, that are followed for one look. */
const EMPTY_PAGES = 10;

/** What the history shows. */
export interface History {
  readonly status: JobStatus | undefined;
  /** Newest first. Undefined until the first answer. */
  readonly ids: readonly string[] | undefined;
  readonly nextCursor: string | null;
  readonly loading: boolean;
  readonly problem?: string;
}

/** One look at the history; how much of it is always said. */
type PageQuery = JobQuery & { readonly limit: number };

/** What the pager needs of the world. */
export interface PagerDeps {
  readonly list: (query: PageQuery) => Promise<JobList>;
  /** Gets the jobs of every answer. */
  readonly take: (views: readonly JobView[]) => void;
}

/** Holds which jobs are shown, in order; never throws, trouble is a sentence in `problem`. */
export class Pager {
  readonly state = new Store<History>({
    status: undefined,
    ids: undefined,
    nextCursor: null,
    loading: false,
  });
  readonly #deps: PagerDeps;

  constructor(deps: PagerDeps) {
    this.#deps = deps;
  }

  filter(status: JobStatus | undefined): Promise<void> {
    this.state.set({ status, ids: undefined, nextCursor: null, loading: false });
    return this.refresh();
  }

  /** Looks again at what is shown: new jobs appear on top, deleted ones go. */
  async refresh(): Promise<void> {
    const { status, ids = [] } = this.state.value;
    const limit = Math.min(MOST_AT_ONCE, Math.max(PAGE, ids.length));
    await this.#load({ status, limit }, (page) => {
      const fresh = page.jobs.map((job) => job.jobId);
      // Beyond the hundred that one answer holds, what was loaded stays as it was.
      const beyond = ids.slice(MOST_AT_ONCE).filter((id) => !fresh.includes(id));
      const nextCursor = beyond.length > 0 ? this.state.value.nextCursor : page.nextCursor;
      return { ids: [...fresh, ...beyond], nextCursor };
    });
  }

  async more(): Promise<void> {
    const { status, nextCursor, loading } = this.state.value;
    if (nextCursor === null || loading) return;
    await this.#load({ status, limit: PAGE, cursor: nextCursor }, (page) => {
      const known = this.state.value.ids ?? [];
      const fresh = page.jobs.map((job) => job.jobId).filter((id) => !known.includes(id));
      return { ids: [...known, ...fresh], nextCursor: page.nextCursor };
    });
  }

  /** The user deleted it. */
  forget(jobId: string): void {
    this.state.update((state) =>
      state.ids === undefined ? state : { ...state, ids: state.ids.filter((id) => id !== jobId) },
    );
  }

  async #load(
    query: PageQuery,
    merge: (page: JobList) => Pick<History, 'ids' | 'nextCursor'>,
  ): Promise<void> {
    this.#show({ loading: true });
    try {
      const page = await this.#firstJobs(query);
      if (this.state.value.status !== query.status) return; // the filter was changed meanwhile
      this.#deps.take(page.jobs);
      const { problem: _solved, ...rest } = this.state.value;
      this.state.set({ ...rest, ...merge(page), loading: false });
    } catch (error) {
      if (this.state.value.status === query.status)
        this.#show({ loading: false, problem: asProblem(error).message });
    }
  }

  /** The API looks through a part of the history at once, in which no job may have the status. */
  async #firstJobs(query: PageQuery): Promise<JobList> {
    let page = await this.#deps.list(query);
    for (let pages = 1; pages < EMPTY_PAGES; pages += 1) {
      if (page.jobs.length > 0 || page.nextCursor === null) break;
      page = await this.#deps.list({ ...query, cursor: page.nextCursor });
    }
    return page;
  }

  #show(change: Partial<History>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}
