/** What the jobs that are looked for come to, all of them, not only those on screen. */
import type { JobSearch } from '@wavefleet/client/jobs.ts';
import type { HistoryTotals } from '@wavefleet/contracts/history-search.ts';
import { Store } from '../store.ts';

type Sums = Omit<HistoryTotals, 'nextCursor'>;

/** What one search comes to. */
interface Known {
  readonly search: JobSearch;
  readonly sums: Sums;
}

export class Totals {
  /** The last that is known, and of which search: what is shown beside the jobs of another one would be wrong. */
  readonly known = new Store<Known | undefined>(undefined);
  readonly #ask: (search: JobSearch, signal: AbortSignal) => Promise<Sums>;
  #asking = new AbortController();

  constructor(ask: (search: JobSearch, signal: AbortSignal) => Promise<Sums>) {
    this.#ask = ask;
  }

  /** The last one that asks gets its answer. Never throws: a history without its sum is a history all the same. */
  async load(search: JobSearch): Promise<void> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const sums = await this.#ask(search, signal).catch(() => undefined);
    if (!signal.aborted && sums !== undefined) this.known.set({ search, sums });
  }
}
