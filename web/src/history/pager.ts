/** The history as the user reads it: all of it or what is looked for, page after page, kept fresh. The jobs themselves are in `Jobs`. */

import type { JobQuery, JobSearch } from '@wavefleet/client/jobs.ts';
import { asProblem } from '@wavefleet/client/problem.ts';
import type { JobList, JobView } from '@wavefleet/contracts/http.ts';
import { Store } from '../store.ts';

const PAGE = 20;
/** The most that the API lists in one answer. */
const MOST_AT_ONCE = 100;
/** Answers without any job, each after a further part of a long history, that are followed for one look. */
const EMPTY_PAGES = 10;

/** What the history shows. */
export interface History {
  /** What is looked for; nothing means everything. */
  readonly search: JobSearch;
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
    search: {},
    ids: undefined,
    nextCursor: null,
    loading: false,
  });
  readonly #deps: PagerDeps;

  constructor(deps: PagerDeps) {
    this.#deps = deps;
  }

  filter(search: JobSearch): Promise<void> {
    this.state.set({ search, ids: undefined, nextCursor: null, loading: false });
    return this.refresh();
  }

  /** Looks again at what is shown: new jobs appear on top, deleted ones go. */
  async refresh(): Promise<void> {
    const { search, ids = [] } = this.state.value;
    const limit = Math.min(MOST_AT_ONCE, Math.max(PAGE, ids.length));
    await this.#load(search, { limit }, (page) => {
      const fresh = page.jobs.map((job) => job.jobId);
      // Beyond the hundred that one answer holds, what was loaded stays as it was.
      const beyond = ids.slice(MOST_AT_ONCE).filter((id) => !fresh.includes(id));
      const nextCursor = beyond.length > 0 ? this.state.value.nextCursor : page.nextCursor;
      return { ids: [...fresh, ...beyond], nextCursor };
    });
  }

  async more(): Promise<void> {
    const { search, nextCursor, loading } = this.state.value;
    if (nextCursor === null || loading) return;
    await this.#load(search, { limit: PAGE, cursor: nextCursor }, (page) => {
      const known = this.state.value.ids ?? [];
      const fresh = page.jobs.map((job) => job.jobId).filter((id) => !known.includes(id));
      return { ids: [...known, ...fresh], nextCursor: page.nextCursor };
    });
  }

  /** Whether the server answers this search. @throws Problem. */
  async check(): Promise<void> {
    await this.#deps.list({ ...this.state.value.search, limit: 1 });
  }

  /** The user deleted it. */
  forget(jobId: string): void {
    this.state.update((state) =>
      state.ids === undefined ? state : { ...state, ids: state.ids.filter((id) => id !== jobId) },
    );
  }

  async #load(
    search: JobSearch,
    part: { readonly limit: number; readonly cursor?: string },
    merge: (page: JobList) => Pick<History, 'ids' | 'nextCursor'>,
  ): Promise<void> {
    this.#show({ loading: true });
    try {
      const page = await this.#firstJobs({ ...search, ...part });
      if (this.state.value.search !== search) return; // something else is looked for by now
      this.#deps.take(page.jobs);
      const { problem: _solved, ...rest } = this.state.value;
      this.state.set({ ...rest, ...merge(page), loading: false });
    } catch (error) {
      if (this.state.value.search === search)
        this.#show({ loading: false, problem: asProblem(error).message });
    }
  }

  /** The API looks through a part of the history at once, in which no job may fit. */
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
