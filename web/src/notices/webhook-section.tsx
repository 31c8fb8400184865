/** Addresses that are told when jobs end: the list, and the form that adds one. */
import { useEffect, useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { ProblemNotice } from '../shell/problem-notice.tsx';
import { ShownOnce } from '../shell/shown-once.tsx';
import { useStore } from '../use-store.ts';
import { WebhookRow } from './webhook-row.tsx';

/** Everything about webhooks, below a heading of its own. */
export function WebhookSection() {
  const { webhooks } = useServices();
  const { webhooks: shown, made, busy, problem } = useStore(webhooks.state);
  useEffect(() => void webhooks.refresh(), [webhooks]);
  return (
    <section class="notices" aria-labelledby="webhooks-heading">
      <h2 id="webhooks-heading" tabIndex={-1}>
        Webhooks
      </h2>
      <p class="quiet">
        Your addresses that get a signed message when a conversion ends. Each message is retried for up to a
        day.
      </p>
      <ProblemNotice problem={problem} />
      {made !== undefined && (
        <ShownOnce
          text={made.secret}
          what="secret"
          testId="webhook-secret"
          onPutAway={() => webhooks.putAway()}
        >
          The secret that signs messages to <strong>{made.url}</strong>: copy it now. It is shown only once.
        </ShownOnce>
      )}
      <WebhookForm busy={busy} />
      {shown?.length === 0 && <p class="quiet">There are no webhooks yet.</p>}
      <ul class="cards">
        {shown?.map((webhook) => (
          <WebhookRow key={webhook.webhookId} of={webhook} />
        ))}
      </ul>
    </section>
  );
}

function WebhookForm({ busy }: { readonly busy: boolean }) {
  const { webhooks, announcer } = useServices();
  const [url, setUrl] = useState('');
  const add = async (event: Event) => {
    event.preventDefault();
    if (!(await webhooks.make(url))) return;
    setUrl('');
    announcer.say('The webhook is added. Copy its secret now: it is shown only once.');
  };
  return (
    <form class="card key-form" onSubmit={(event) => void add(event)}>
      <div class="fields">
        <div class="field">
          <label for="webhook-url">Address of the webhook</label>
          <input
            id="webhook-url"
            type="url"
            required
            maxLength={2000}
            autocomplete="off"
            placeholder="https://example.com/hook"
            value={url}
            onInput={({ currentTarget }) => setUrl(currentTarget.value)}
          />
        </div>
      </div>
      <button type="submit" class="button button-main" disabled={busy}>
        Add a webhook
      </button>
    </form>
  );
}
