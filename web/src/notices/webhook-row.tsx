/** One webhook: what it is, and what can be done with it. */
import type { WebhookView } from '@wavefleet/contracts/webhooks.ts';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';
import { DeliveryLog } from './delivery-log.tsx';

/** With its log, when that is open. */
export function WebhookRow({ of: webhook }: { readonly of: WebhookView }) {
  const { webhooks, announcer } = useServices();
  const { log, busy } = useStore(webhooks.state);
  const { webhookId, url, enabled } = webhook;
  const isOpen = log?.webhookId === webhookId;
  const remove = async () => {
    if (!(await webhooks.remove(webhookId))) return;
    announcer.say('The webhook is deleted.');
    document.querySelector<HTMLElement>('#webhooks-heading')?.focus();
  };
  const turn = async () => {
    if (await webhooks.turn(webhook, !enabled)) announcer.say(`The webhook is ${enabled ? 'off' : 'on'}.`);
  };
  const test = async () => {
    if (await webhooks.test(webhookId)) announcer.say('A test message is on its way.');
  };
  const renew = async () => {
    if (await webhooks.renew(webhook))
      announcer.say('There is a new secret. Copy it now: it is shown only once.');
  };
  const buttons = [
    ['Send a test', test],
    ['New secret', renew],
    [enabled ? 'Switch off' : 'Switch on', turn],
  ] as const;
  return (
    <li class="card" data-testid="webhook-row">
      <div class="card-title">
        <h3 class="webhook-url">{url}</h3>
        <p class="quiet">
          {enabled ? 'On' : 'Off: nothing is sent'}
          {' · '}
          {webhook.events.map((event) => event.replace('job.', '')).join(', ')}
        </p>
      </div>
      <div class="tools">
        {buttons.map(([label, act]) => (
          <button
            key={label}
            type="button"
            class="button button-small"
            disabled={busy}
            onClick={() => void act()}
          >
            {label}
            <span class="only-heard"> {url}</span>
          </button>
        ))}
        <button
          type="button"
          class="button button-small"
          aria-expanded={isOpen}
          onClick={() => (isOpen ? webhooks.closeLog() : void webhooks.openLog(webhookId))}
        >
          What was sent
          <span class="only-heard"> to {url}</span>
        </button>
        <button type="button" class="button button-small button-danger" onClick={() => void remove()}>
          Delete
          <span class="only-heard"> {url}</span>
        </button>
      </div>
      {isOpen && <DeliveryLog webhookId={webhookId} deliveries={log.deliveries} />}
    </li>
  );
}
