/** What was sent to a webhook, and what became of it. */
import type { DeliveryView } from '@wavefleet/contracts/webhooks.ts';
import { useEffect } from 'preact/hooks';
import { useServices } from '../services.ts';

const FOLLOW_MS = 2_000;
const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const words: Readonly<Record<DeliveryView['state'], string>> = {
  pending: 'on its way',
  delivered: 'delivered',
  'given-up': 'given up',
};

/** Newest first. Looks again while something is on its way. */
export function DeliveryLog({
  webhookId,
  deliveries,
}: {
  readonly webhookId: string;
  readonly deliveries: readonly DeliveryView[];
}) {
  const { webhooks } = useServices();
  useEffect(() => {
    const timer = setInterval(() => void webhooks.follow(), FOLLOW_MS);
    return () => clearInterval(timer);
  }, [webhooks]);
  if (deliveries.length === 0) return <p class="quiet">Nothing has been sent yet.</p>;
  return (
    <ul class="deliveries" aria-label="What was sent">
      {deliveries.map((delivery) => (
        <Delivery key={delivery.deliveryId} webhookId={webhookId} of={delivery} />
      ))}
    </ul>
  );
}

function Delivery({ webhookId, of: delivery }: { readonly webhookId: string; readonly of: DeliveryView }) {
  const { webhooks, announcer } = useServices();
  const { deliveryId, type, state, createdAt, tries, attempts, body } = delivery;
  const last = attempts.at(-1);
  const replay = async () => {
    if (await webhooks.replay(webhookId, deliveryId)) announcer.say('It is being sent again.');
  };
  return (
    <li data-testid="delivery">
      <p>
        <strong>{type}</strong> <span data-state={state}>{words[state]}</span>
        {' · '}
        <time dateTime={createdAt}>{when.format(new Date(createdAt))}</time>
        {tries > 0 && ` · ${tries === 1 ? '1 try' : `${tries} tries`}`}
        {last !== undefined && ` · ${last.problem ?? `answered ${last.status}`}`}
      </p>
      <details>
        <summary>The message</summary>
        <pre>{body}</pre>
      </details>
      {state !== 'pending' && (
        <button type="button" class="button button-small" onClick={() => void replay()}>
          Send again
          <span class="only-heard">
            {' '}
            {type} of {when.format(new Date(createdAt))}
          </span>
        </button>
      )}
    </li>
  );
}
