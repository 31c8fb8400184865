/** The history: every job of this browser, by status, page after page. */
import { type JobStatus, jobStatuses } from '@wavefleet/contracts/states.ts';
import { useEffect } from 'preact/hooks';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';
import { HistoryRow } from './history-row.tsx';
import { statusWord } from './status-word.ts';

/** Looked at again so often while it is on screen. */
const REFRESH_MS = 5_000;

/** Every job of this browser, newest first. */
export function HistoryView() {
  const { pager, jobs } = useServices();
  const { status, ids, nextCursor, loading, problem } = useStore(pager.state);
  const all = useStore(jobs.all);
  useEffect(() => {
    void pager.refresh();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void pager.refresh();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [pager]);

  const rows = (ids ?? []).flatMap((id) => all.get(id) ?? []);
  return (
    <section class="history" aria-labelledby="view-heading">
      <div class="history-head">
        <h1 id="view-heading" tabIndex={-1}>
          History
        </h1>
        <div class="field field-inline">
          <label for="status">Show</label>
          <select
            id="status"
            value={status ?? ''}
            onChange={({ currentTarget }) => void pager.filter(asStatus(currentTarget.value))}
          >
            <option value="">Everything</option>
            {jobStatuses.map((value) => (
              <option key={value} value={value}>
                {statusWord(value)}
              </option>
            ))}
          </select>
        </div>
      </div>
      {problem !== undefined && (
        <div class="notice notice-warn" role="alert">
          <p>{problem}</p>
          <button type="button" class="button" onClick={() => void pager.refresh()}>
            Load again
          </button>
        </div>
      )}
      {ids === undefined && loading && <p class="quiet">Loading…</p>}
      {ids !== undefined && rows.length === 0 && <Nothing filtered={status !== undefined} />}
      <ul class="cards">
        {rows.map((entry) => (
          <HistoryRow key={entry.view.jobId} entry={entry} />
        ))}
      </ul>
      {nextCursor !== null && (
        <button type="button" class="button" disabled={loading} onClick={() => void pager.more()}>
          Show more
        </button>
      )}
    </section>
  );
}

function Nothing({ filtered }: { readonly filtered: boolean }) {
  return (
    <div class="nothing">
      <p>{filtered ? 'No conversion has this status.' : 'Nothing here yet.'}</p>
      {!filtered && (
        <a class="button" href="#/">
          Convert a file
        </a>
      )}
    </div>
  );
}

const asStatus = (value: string): JobStatus | undefined => jobStatuses.find((status) => status === value);
