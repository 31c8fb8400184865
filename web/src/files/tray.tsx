/** The list of the files on the desk. */
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { useMemo } from 'preact/hooks';
import { useServices } from '../services.ts';
import { landFocus } from '../shell/focus.ts';
import { useStore } from '../use-store.ts';
import type { Card, Plan } from './card.ts';
import { FileCard } from './file-card.tsx';

/** The files on the desk, newest first. */
export function Tray() {
  const { desk, jobs } = useServices();
  const cards = useStore(desk.cards);
  const all = useStore(jobs.all);
  if (cards.length === 0) return null;
  const isOver = ({ jobId }: Plan) => {
    const status = jobId === undefined ? undefined : all.get(jobId)?.view.status;
    return status !== undefined && isTerminal(status);
  };
  const finished = cards.filter((card) => !card.staged && card.plans.length > 0 && card.plans.every(isOver));
  const clear = () => {
    for (const card of finished) void desk.dismiss(card.id);
    landFocus();
  };
  return (
    <section class="tray" aria-labelledby="files-heading">
      <div class="tray-head">
        <h2 id="files-heading" tabIndex={-1}>
          Your files
        </h2>
        {finished.length > 1 && (
          <button type="button" class="button button-bare" onClick={clear}>
            Clear finished
          </button>
        )}
      </div>
      <ul class="cards">
        {cards.map((card) => (
          <Slot key={card.id} card={card} />
        ))}
      </ul>
    </section>
  );
}

/** Of hundreds of cards only those are drawn again that have changed. */
function Slot({ card }: { readonly card: Card }) {
  return useMemo(() => <FileCard card={card} />, [card]);
}
