/** The history: every job of this browser or account, by what is looked for, page after page. */
import type { JobSearch } from '@wavefleet/client/jobs.ts';
import { useEffect, useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { ProblemNotice } from '../shell/problem-notice.tsx';
import { bytes, clock, counted } from '../text/amounts.ts';
import { useStore } from '../use-store.ts';
import { Export, Filters } from './filters.tsx';
import { HistoryRow } from './history-row.tsx';
import { noSearch, searchOf } from './search.ts';

/** Looked at again so often while it is on screen. */
const REFRESH_MS = 5_000;

/** Every job of this browser, newest first. */
export function HistoryView() {
  const { pager, jobs, totals } = useServices();
  const { search, ids, nextCursor, loading, problem } = useStore(pager.state);
  const all = useStore(jobs.all);
  const [fields, setFields] = useState(noSearch);
  useEffect(() => {
    const isLeftOver = Object.keys(pager.state.value.search).length > 0;
    void (isLeftOver ? pager.filter(searchOf(noSearch)) : pager.refresh());
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void pager.refresh();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [pager]);

  const rows = (ids ?? []).flatMap((id) => all.get(id) ?? []);
  // The sums change when a job comes, ends or goes.
  const shown = rows.map(({ view }) => `${view.jobId} ${view.status}`).join();
  useEffect(() => {
    if (ids !== undefined) void totals.load(search);
  }, [search, shown, ids === undefined]);

  const isSearched = Object.keys(search).length > 0;
  return (
    <section class="history" aria-labelledby="view-heading">
      <div class="history-head">
        <h1 id="view-heading" tabIndex={-1}>
          History
        </h1>
        <Sums search={search} />
        {rows.length > 0 && <Export />}
      </div>
      <Filters fields={fields} onChange={setFields} />
      <ProblemNotice problem={problem}>
        <button type="button" class="button" onClick={() => void pager.refresh()}>
          Load again
        </button>
      </ProblemNotice>
      {ids === undefined && loading && <p class="quiet">Loading…</p>}
      {ids !== undefined && rows.length === 0 && (
        <Nothing
          isSearched={isSearched}
          isAll={nextCursor === null}
          onEverything={() => setFields(noSearch)}
        />
      )}
      <ul class="cards">
        {rows.map((entry) => (
          <HistoryRow key={entry.view.jobId} entry={entry} />
        ))}
      </ul>
      {nextCursor !== null && (
        <button type="button" class="button" disabled={loading} onClick={() => void pager.more()}>
          {rows.length === 0 ? 'Look further back' : 'Show more'}
        </button>
      )}
    </section>
  );
}

/** All that fits, also what is not on screen; nothing until it is known of this very search. */
function Sums({ search }: { readonly search: JobSearch }) {
  const known = useStore(useServices().totals.known);
  if (known?.search !== search || known.sums.jobs === 0) return null;
  const { jobs, completed, audioSeconds, inputBytes, outputBytes } = known.sums;
  const made = `${clock(audioSeconds)} of sound · ${bytes(inputBytes)} → ${bytes(outputBytes)}`;
  return (
    <p class="quiet" data-testid="totals">
      {counted(jobs, 'conversion')}
      {completed > 0 && ` · ${made}`}
    </p>
  );
}

interface NothingProps {
  readonly isSearched: boolean;
  /** False while an older part was not looked through. */
  readonly isAll: boolean;
  readonly onEverything: () => void;
}

function Nothing({ isSearched, isAll, onEverything }: NothingProps) {
  if (isSearched) {
    return (
      <div class="nothing" role="status">
        <p>{isAll ? 'No conversions match.' : 'None of the newest conversions match.'}</p>
        <button type="button" class="button" onClick={onEverything}>
          Show everything
        </button>
      </div>
    );
  }
  return (
    <div class="nothing">
      <p>Nothing here yet.</p>
      <a class="button" href="#/">
        Convert a file
      </a>
    </div>
  );
}
