/** Deleting everything of somebody: said plainly, asked twice. */
import { asProblem } from '@wavefleet/client/problem.ts';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';
import { forgetBrowser } from './forget-browser.ts';

type Step = 'rest' | 'asking' | 'working';

/** At the foot of the history. */
export function EraseEverything() {
  const { session } = useServices();
  const me = useStore(session.me);
  const [step, setStep] = useState<Step>('rest');
  const [problem, setProblem] = useState<string>();
  const keep = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    // The harmless one of the two.
    if (step === 'asking') keep.current?.focus();
  }, [step]);
  const erase = async () => {
    setStep('working');
    setProblem(undefined);
    try {
      await session.eraseEverything();
      await forgetBrowser();
      // Everything on the page is of somebody who is no more.
      location.assign('/#/erased');
      location.reload();
    } catch (error) {
      setProblem(asProblem(error).message);
      setStep('asking');
    }
  };
  const whose =
    me?.account === undefined ? 'of this browser' : `of ${me.account.name}, and the account itself`;
  if (step === 'rest') {
    return (
      <p class="erase">
        <button type="button" class="button button-bare" onClick={() => setStep('asking')}>
          Delete all my data…
        </button>
      </p>
    );
  }
  return (
    <fieldset class="notice notice-warn erase" disabled={step === 'working'}>
      <legend class="only-heard">Delete all my data</legend>
      <p>
        This deletes all conversions, uploaded files, results, links to them, presets, API keys and webhooks{' '}
        {whose} for good. Running conversions are cancelled. Nobody can restore any of it.
      </p>
      <div class="tools">
        <button type="button" class="button button-danger" onClick={() => void erase()}>
          {step === 'working' ? 'Deleting…' : 'Delete everything for good'}
        </button>
        <button ref={keep} type="button" class="button" onClick={() => setStep('rest')}>
          Keep everything
        </button>
      </div>
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
