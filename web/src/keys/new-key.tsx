/** A key that was just made: the only time that it can be seen. */
import type { MadeKey } from '@wavefleet/contracts/people.ts';
import { useServices } from '../services.ts';
import { ShownOnce } from '../shell/shown-once.tsx';

/** The token, a button that copies it, and one that puts it away. */
export function NewKey({ made }: { readonly made: MadeKey }) {
  const { keys } = useServices();
  return (
    <ShownOnce text={made.token} what="key" testId="key-token" onPutAway={() => keys.putAway()}>
      <strong>{made.name}</strong>: copy the key now. It is shown only once, and is not stored.
    </ShownOnce>
  );
}
