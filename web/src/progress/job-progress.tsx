/** A job that has not ended: how far it is, and how to cancel it. */
import { asProblem } from '@wavefleet/client/problem.ts';
import type { JobView } from '@wavefleet/contracts/http.ts';
import { useEffect, useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { landFocus } from '../shell/focus.ts';
import { Trouble } from '../shell/trouble.tsx';
import { timeLeft } from '../text/amounts.ts';
import type { JobEntry } from './jobs.ts';
import { overallPercent, stageLine } from './phases.ts';
import { ThreePhases } from './wave-bar.tsx';

/** A job that waits or runs. */
export function JobProgress({ entry, title }: { readonly entry: JobEntry; readonly title: string }) {
  const { jobs, announcer } = useServices();
  const { view, following } = entry;
  const progress = following?.view;
  const percent = Math.floor(overallPercent(1, progress));
  const text = lineOf(view, following);
  useEffect(() => {
    if (percent > 0) announcer.mention(`${view.fileName} to ${title}: ${percent} percent.`);
  }, [percent]);

  const [trouble, setTrouble] = useState<string>();
  const cancel = async () => {
    setTrouble(undefined);
    try {
      await jobs.cancel(view.jobId);
      announcer.say(`${view.fileName} to ${title}: cancelled.`);
      landFocus();
    } catch (error) {
      setTrouble(`This could not be cancelled: ${asProblem(error).message}`);
    }
  };
  return (
    <>
      <div class="plan-head">
        <p class="plan-title">{title}</p>
        <span class="percent">{percent} %</span>
      </div>
      <ThreePhases label={`${view.fileName} to ${title}`} sent={1} view={progress} text={text} />
      <div class="upload-foot">
        <p class={following?.state === 'lost' ? 'line-bad' : 'line'} data-testid="job-line">
          {text}
        </p>
        <div class="tools">
          {following?.state === 'lost' && (
            <button type="button" class="button button-small" onClick={() => jobs.retryFollowing(view.jobId)}>
              Check again
            </button>
          )}
          <button type="button" class="button button-small" onClick={() => void cancel()}>
            Cancel
            <span class="only-heard">
              {' '}
              {view.fileName} to {title}
            </span>
          </button>
        </div>
      </div>
      <Trouble of={trouble} />
    </>
  );
}

function lineOf(view: JobView, following: JobEntry['following']): string {
  if (following?.state === 'lost') return following.message ?? '';
  if (view.status === 'created') return queueLine(view.queue ?? following?.view?.queue);
  const progress = following?.view;
  const line = progress === undefined ? 'In progress' : stageLine(progress);
  return following?.state === 'trying' ? `${line} · no answer, trying again` : line;
}

/** `Waiting for a free worker · about 3rd in line · starts in about 20 s`. */
function queueLine(queue: JobView['queue']): string {
  if (queue === undefined) return 'Waiting for a free worker';
  const place = queue.position <= 1 ? 'next in line' : `about number ${queue.position} in line`;
  const seconds = queue.estimatedStartSeconds;
  const start =
    seconds === null ? [] : [seconds < 2 ? 'starts any moment' : `starts in ${timeLeft(seconds)}`];
  return ['Waiting for a free worker', place, ...start].join(' · ');
}
