/** In the header: who has signed in, and the way out; or the way in. */
import { asProblem } from '@wavefleet/client/problem.ts';
import { useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useStore } from '../use-store.ts';

/** Nothing where nobody can sign in. */
export function Who() {
  const { session } = useServices();
  const [trouble, setTrouble] = useState<string>();
  const me = useStore(session.me);
  if (me === undefined || me.auth.mode === 'off') return null;
  if (me.account === undefined) {
    return (
      <a class="who" href="#/sign-in">
        Sign in
      </a>
    );
  }
  const signOut = async () => {
    setTrouble(undefined);
    try {
      await session.signOut();
      // Everything on the page is somebody else's from now on.
      location.assign('/');
      location.reload();
    } catch (error) {
      setTrouble(`You are still signed in: ${asProblem(error).message}`);
    }
  };
  return (
    <span class="who">
      <span class="quiet">{me.account.name}</span>
      <button type="button" class="button button-small" onClick={() => void signOut()}>
        Sign out
      </button>
      <Trouble of={trouble} />
    </span>
  );
}
