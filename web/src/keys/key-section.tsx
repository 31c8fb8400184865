/** The keys by which programs are known: the list, and the form that makes one. */
import type { KeyView } from '@wavefleet/contracts/people.ts';
import { useEffect } from 'preact/hooks';
import { useServices } from '../services.ts';
import { ProblemNotice } from '../shell/problem-notice.tsx';
import { useStore } from '../use-store.ts';
import { KeyForm } from './key-form.tsx';
import { NewKey } from './new-key.tsx';

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Everything about keys, below a heading of its own. */
export function KeySection() {
  const { keys } = useServices();
  const { keys: shown, made, busy, problem } = useStore(keys.state);
  useEffect(() => void keys.refresh(), [keys]);
  return (
    <section class="notices" aria-labelledby="keys-heading">
      <h2 id="keys-heading" tabIndex={-1}>
        API keys
      </h2>
      <p class="quiet">
        A program that sends a key (<code>Authorization: Bearer …</code>) can see and do what you can in this
        browser, within the key's permissions.
      </p>
      <ProblemNotice problem={problem} />
      {made !== undefined && <NewKey made={made} />}
      <KeyForm busy={busy} />
      {shown?.length === 0 && <p class="quiet">There are no keys yet.</p>}
      <ul class="cards">
        {shown?.map((key) => (
          <KeyRow key={key.keyId} of={key} />
        ))}
      </ul>
    </section>
  );
}

function KeyRow({ of: key }: { readonly of: KeyView }) {
  const { keys, announcer } = useServices();
  const isOver = Date.parse(key.expiresAt) <= Date.now();
  const revoke = async () => {
    if (!(await keys.revoke(key.keyId))) return;
    announcer.say(`Key ${key.name} revoked.`);
    document.getElementById('keys-heading')?.focus();
  };
  return (
    <li class="card" data-testid="key-row">
      <div class="card-head">
        <div class="card-title">
          <h3>{key.name}</h3>
          <p class="quiet">
            {isOver ? 'Expired ' : 'Valid until '}
            <time dateTime={key.expiresAt}>{day.format(new Date(key.expiresAt))}</time>
            {' · '}
            {key.lastUsedAt === undefined
              ? 'never used'
              : `last used ${day.format(new Date(key.lastUsedAt))}`}
            {' · '}
            {key.scopes.join(', ')}
          </p>
        </div>
        <button type="button" class="button button-small button-danger" onClick={() => void revoke()}>
          Revoke
          <span class="only-heard"> {key.name}</span>
        </button>
      </div>
    </li>
  );
}
