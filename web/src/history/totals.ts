/** What the jobs that are looked for come to, all of them, not only those on screen. */
import type { JobSearch } from '@wavefleet/client/jobs.ts';
import type { HistoryTotals } from '@wavefleet/contracts/history-search.ts';
import { Store } from '../store.ts';

type Sums = Omit<HistoryTotals, 'nextCursor'>;

export class Totals {
  /** Undefined until they are known; what was known of the same search stays until there is something newer. */
  readonly sums = new Store<Sums | undefined>(undefined);
  readonly #ask: (search: JobSearch, signal: AbortSignal) => Promise<Sums>;
  #search: JobSearch | undefined;
  #asking = new AbortController();

  constructor(ask: (search: JobSearch, signal: AbortSignal) => Promise<Sums>) {
    this.#ask = ask;
  }

  /** The last one that asks gets its answer. Never throws: a history without its sum is a history all the same. */
  async load(search: JobSearch): Promise<void> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    if (search !== this.#search) this.sums.set(undefined);
    this.#search = search;
    const sums = await this.#ask(search, signal).catch(() => undefined);
    if (!signal.aborted && sums !== undefined) this.sums.set(sums);
  }
}
