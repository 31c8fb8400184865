/** A job that did not succeed. */
import { asProblem } from '@wavefleet/client/problem.ts';
import type { JobView } from '@wavefleet/contracts/http.ts';
import { useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { landFocus } from '../shell/focus.ts';
import { nextStep, reasonOf } from './next-step.ts';

/** Why it failed, and the one thing to do about it. */
export function JobFailed({ view, title }: { readonly view: JobView; readonly title: string }) {
  const { desk, pager, announcer, chooseFiles } = useServices();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const step = nextStep(view);
  const isCancelled = view.status === 'cancelled';

  const act = async () => {
    if (step.kind === 'newFile') return chooseFiles();
    setBusy(true);
    try {
      await desk.retry(view.jobId, step.changes);
      if (pager.state.value.ids !== undefined) void pager.refresh();
      announcer.say(`${view.fileName} to ${title}: started again.`);
      landFocus();
    } catch (error) {
      setProblem(asProblem(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p class="plan-title">{title}</p>
      <div class={isCancelled ? 'cancelled' : 'failed'} data-testid="failure">
        <p>
          {isCancelled ? 'Cancelled.' : reasonOf(view)}{' '}
          {view.error !== undefined && <code>{view.error.code}</code>}
        </p>
        <button type="button" class="button" disabled={busy} onClick={() => void act()}>
          {step.label}
          <span class="only-heard">
            : {view.fileName} to {title}
          </span>
        </button>
        {problem !== undefined && (
          <p class="field-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
    </>
  );
}
