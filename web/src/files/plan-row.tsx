/** One conversion of one file, in each of its states. */
import { conversionTitle } from '../convert/conversion.ts';
import { JobId } from '../progress/job-id.tsx';
import { JobProgress } from '../progress/job-progress.tsx';
import type { JobEntry } from '../progress/jobs.ts';
import { overallPercent } from '../progress/phases.ts';
import { ThreePhases } from '../progress/wave-bar.tsx';
import { JobResult } from '../result/job-result.tsx';
import { useServices } from '../services.ts';
import type { Card, Plan } from './card.ts';

/** Beyond so many files nobody looks at each: a player and a waveform take megabytes, and browsers have an end of players. */
const MOST_OPENED = 6;

interface PlanRowProps {
  readonly card: Card;
  readonly plan: Plan;
  readonly entry: JobEntry | undefined;
}

/** One conversion of one file, from the wish to the result. */
export function PlanRow({ card, plan, entry }: PlanRowProps) {
  const { catalogue, desk } = useServices();
  const title = conversionTitle(catalogue, plan.conversion);
  const isOpened = card.plans.length === 1 && desk.cards.value.length <= MOST_OPENED;
  const status = entry?.view.status;
  const isOver = status === 'completed' || status === 'failed' || status === 'cancelled';
  return (
    <li class="plan" data-testid="plan" data-status={status ?? 'planned'}>
      {plan.problem !== undefined ? (
        <NotAccepted card={card} plan={plan} title={title} />
      ) : entry === undefined ? (
        <Planned card={card} plan={plan} title={title} />
      ) : isOver ? (
        <JobResult view={entry.view} title={title} autoOpen={isOpened} />
      ) : (
        <JobProgress entry={entry} title={title} />
      )}
      {plan.jobId !== undefined && <JobId jobId={plan.jobId} of={`${card.name} to ${title}`} />}
    </li>
  );
}

interface PlannedProps {
  readonly card: Card;
  readonly plan: Plan;
  readonly title: string;
}

/** The upload is on its way, or the server was not heard of yet. */
function Planned({ card, plan, title }: PlannedProps) {
  const { phase, sentBytes, totalBytes } = card.upload;
  const sent = totalBytes === 0 ? 0 : sentBytes / totalBytes;
  const text =
    plan.jobId !== undefined
      ? 'Asking the server for its progress'
      : phase === 'done'
        ? (plan.waiting ?? 'Handing it over to the server')
        : 'Starts as soon as the upload is done';
  return (
    <>
      <div class="plan-head">
        <p class="plan-title">{title}</p>
        <span class="percent">{Math.floor(overallPercent(sent, undefined))} %</span>
      </div>
      <ThreePhases label={`${card.name} to ${title}`} sent={sent} view={undefined} text={text} />
      <p class="line">{text}</p>
    </>
  );
}

function NotAccepted({ card, plan, title }: { card: Card; plan: Plan; title: string }) {
  const { desk } = useServices();
  return (
    <>
      <p class="plan-title">{title}</p>
      <div class="failed">
        <p>
          {plan.problem?.message} <code>{plan.problem?.code}</code>
        </p>
        <div class="tools">
          <button type="button" class="button" onClick={() => desk.submitAgain(card.id)}>
            Try again
          </button>
          <button type="button" class="button button-small" onClick={() => desk.dropPlan(card.id, plan.key)}>
            Discard this conversion
          </button>
        </div>
      </div>
    </>
  );
}
