/** The form that makes a key. */
import { type Scope, scopes } from '@wavefleet/contracts/people.ts';
import { useState } from 'preact/hooks';
import { useServices } from '../services.ts';

const labels: Readonly<Record<Scope, string>> = {
  'jobs:read': 'See jobs and download results',
  'jobs:write': 'Convert, cancel and delete',
  'uploads:write': 'Upload files',
  admin: 'Everything, including making more keys',
};
const lifetimes = [7, 30, 90, 365] as const;

/** Asks for a name, what the key may do, and for how long. */
export function KeyForm({ busy }: { readonly busy: boolean }) {
  const { keys, announcer } = useServices();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly Scope[]>(['jobs:read', 'jobs:write', 'uploads:write']);
  const [days, setDays] = useState<number>(90);
  const toggle = (scope: Scope) =>
    setChosen(chosen.includes(scope) ? chosen.filter((each) => each !== scope) : [...chosen, scope]);
  const make = async (event: Event) => {
    event.preventDefault();
    const isMade = await keys.make({
      name,
      scopes: [...chosen],
      expiresInDays: days,
    });
    if (!isMade) return;
    setName('');
    announcer.say('The key is made. Copy it now: it is shown only once.');
  };
  return (
    <form class="card key-form" onSubmit={(event) => void make(event)}>
      <div class="fields">
        <div class="field">
          <label for="key-name">Name of the key</label>
          <input
            id="key-name"
            type="text"
            required
            maxLength={80}
            autocomplete="off"
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="key-days">Valid for</label>
          <select
            id="key-days"
            value={days}
            onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}
          >
            {lifetimes.map((each) => (
              <option key={each} value={each}>
                {each} days
              </option>
            ))}
          </select>
        </div>
      </div>
      <fieldset>
        <legend>The program may</legend>
        {scopes.map((scope) => (
          <label key={scope} class="key-scope">
            <input type="checkbox" checked={chosen.includes(scope)} onChange={() => toggle(scope)} />
            {labels[scope]} <code>{scope}</code>
          </label>
        ))}
      </fieldset>
      <button type="submit" class="button button-main" disabled={busy || chosen.length === 0}>
        Make a key
      </button>
    </form>
  );
}
