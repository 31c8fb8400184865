/** The card of one file. */
import { asProblem } from '@wavefleet/client/problem.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { landFocus } from '../shell/focus.ts';
import { Icon } from '../shell/icons.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { bytes, channels, clock, hertz } from '../text/amounts.ts';
import { useItems } from '../use-store.ts';
import { type Card, hasJobs } from './card.ts';
import { PlanRow } from './plan-row.tsx';
import { UploadLine } from './upload-line.tsx';

/** One file: how its upload goes, and each of its conversions. */
export function FileCard({ card }: { readonly card: Card }) {
  const { desk, jobs, announcer } = useServices();
  const isUploaded = card.upload.phase === 'done';
  const entries = useItems(
    jobs.all,
    (all) => card.plans.map((plan) => (plan.jobId === undefined ? undefined : all.get(plan.jobId))),
    [card.plans],
  );
  const isBusy =
    card.plans.length > 0 && entries.some((entry) => entry === undefined || !isTerminal(entry.view.status));
  const [trouble, setTrouble] = useState<string>();
  const staysInHistory = hasJobs(card);
  const remove = async () => {
    setTrouble(undefined);
    try {
      const dismissed = desk.dismiss(card.id);
      landFocus(); // what is not at the server is gone at once
      await dismissed;
      if (!staysInHistory && isUploaded) announcer.say(`${card.name} is deleted from the server.`);
      landFocus();
    } catch (error) {
      const { message } = asProblem(error);
      setTrouble(`${card.name} is still on the server: ${message}`);
    }
  };
  const what =
    staysInHistory || !isUploaded ? 'from this list' : 'from this list and delete it from the server';
  return (
    <li class="card" data-testid="card">
      <div class="card-head">
        <div class="card-title">
          <h3>{card.name}</h3>
          <p class="quiet">{factsLine(card)}</p>
        </div>
        <div class="card-tools">
          {isUploaded && !card.staged && card.upload.fileId !== undefined && (
            <button type="button" class="button button-small" onClick={() => desk.stage(card.id, true)}>
              <Icon name="plus" />
              Another format
              <span class="only-heard"> of {card.name}</span>
            </button>
          )}
          {(isUploaded || card.refusal !== undefined) && !isBusy && (
            <button
              type="button"
              class="button button-bare"
              onClick={() => void remove()}
              title={`Remove it ${what}`}
            >
              <Icon name="close" />
              <span class="only-heard">
                Remove {card.name} {what}
              </span>
            </button>
          )}
        </div>
      </div>
      <UploadLine card={card} onCancel={() => void remove()} />
      <Trouble of={trouble} />
      {card.plans.length > 0 && (
        <ul class="plans" aria-label={`Conversions of ${card.name}`}>
          {card.plans.map((plan, index) => (
            <PlanRow key={plan.key} card={card} plan={plan} entry={entries[index]} />
          ))}
        </ul>
      )}
      {card.staged && isUploaded && card.plans.length === 0 && (
        <p class="quiet card-hint">Uploaded. Choose formats and press Convert.</p>
      )}
    </li>
  );
}

function factsLine({ size, facts }: Card): string {
  if (facts === undefined) return bytes(size);
  const parts = [bytes(size), clock(facts.durationSeconds)];
  if (facts.certain) parts.push(hertz(facts.sampleRate), channels(facts.channels));
  return parts.join(' · ');
}
