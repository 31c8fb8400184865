/** A key that was just made: the only time that it can be seen. */
import type { MadeKey } from '@wavefleet/contracts/people.ts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useServices } from '../services.ts';

/** The token, a button that copies it, and one that puts it away. */
export function NewKey({ made }: { readonly made: MadeKey }) {
  const { keys, announcer } = useServices();
  const [copied, setCopied] = useState(false);
  const text = useRef<HTMLElement>(null);
  useEffect(() => setCopied(false), [made]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(made.token);
    } catch {
      // Over plain HTTP from another machine browsers have no clipboard for pages.
      if (text.current !== null) getSelection()?.selectAllChildren(text.current);
      return announcer.say('The key is selected. Copy it with your keyboard or menu.');
    }
    setCopied(true);
    announcer.say('The key is copied.');
  };
  return (
    <div class="notice key-made" role="status">
      <p>
        <strong>{made.name}</strong>: copy the key now. It is shown this once, and stored nowhere.
      </p>
      <p>
        <code ref={text} data-testid="key-token">
          {made.token}
        </code>
      </p>
      <div class="tools">
        <button type="button" class="button button-small" onClick={() => void copy()}>
          {copied ? 'Copied' : 'Copy the key'}
        </button>
        <button type="button" class="button button-small" onClick={() => keys.putAway()}>
          I have it
        </button>
      </div>
    </div>
  );
}
