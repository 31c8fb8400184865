/** One line of the history: a job of the past or the present, and how to delete it. */
import { asProblem } from '@wavefleet/client/problem.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { conversionTitle } from '../convert/conversion.ts';
import { JobId } from '../progress/job-id.tsx';
import { JobProgress } from '../progress/job-progress.tsx';
import type { JobEntry } from '../progress/jobs.ts';
import { JobResult } from '../result/job-result.tsx';
import { useServices } from '../services.ts';
import { landFocus } from '../shell/focus.ts';
import { Trouble } from '../shell/trouble.tsx';
import { statusWord } from './status-word.ts';

const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** One job of the past or the present. */
export function HistoryRow({ entry }: { readonly entry: JobEntry }) {
  const { view } = entry;
  const title = conversionTitle(useServices().catalogue, view);
  const isOver = isTerminal(view.status);
  return (
    <li class="card" data-testid="history-row" data-status={view.status}>
      <div class="card-head">
        <div class="card-title">
          <h2>{view.fileName}</h2>
          <p class="quiet">
            <span class={`status status-${view.status}`}>{statusWord(view.status)}</span>
            <time dateTime={view.createdAt}>{when.format(new Date(view.createdAt))}</time>
            {view.source === 'drop' && ' · dropped into the bucket'}
          </p>
        </div>
        {isOver && <Delete entry={entry} />}
      </div>
      <div class="plan">
        {isOver ? <JobResult view={view} title={title} /> : <JobProgress entry={entry} title={title} />}
        <JobId jobId={view.jobId} of={`${view.fileName} to ${title}`} />
      </div>
    </li>
  );
}

/** Deleting cannot be undone, so it is asked for twice. */
function Delete({ entry: { view } }: { readonly entry: JobEntry }) {
  const { desk, jobs, pager, announcer } = useServices();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string>();
  const sure = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  useLayoutEffect(() => {
    if (asking) sure.current?.focus();
    else if (wasAsking.current) first.current?.focus();
    wasAsking.current = asking;
  }, [asking]);

  const remove = async () => {
    setProblem(undefined);
    try {
      await jobs.delete(view.jobId);
    } catch (error) {
      return setProblem(`This could not be deleted: ${asProblem(error).message}`);
    }
    landFocus();
    announcer.say(`${view.fileName} deleted.`);
    desk.forgetJob(view.jobId);
    pager.forget(view.jobId);
  };
  if (!asking) {
    return (
      <button ref={first} type="button" class="button button-bare" onClick={() => setAsking(true)}>
        Delete
        <span class="only-heard"> {view.fileName}</span>
      </button>
    );
  }
  return (
    <fieldset class="tools" aria-label={`Delete ${view.fileName} and its result for good?`}>
      <button
        ref={sure}
        type="button"
        class="button button-small button-danger"
        onClick={() => void remove()}
      >
        Delete for good
      </button>
      <button type="button" class="button button-small" onClick={() => setAsking(false)}>
        Keep
      </button>
      <Trouble of={problem} />
    </fieldset>
  );
}
