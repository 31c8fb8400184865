/** In the header: who has signed in, and the way out; or the way in. */
import { asProblem } from '@wavefleet/client/problem.ts';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';

/** Nothing where nobody can sign in. */
export function Who() {
  const { session, announcer } = useServices();
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
    try {
      await session.signOut();
      // Everything on the page is somebody else's from now on.
      location.assign('/');
      location.reload();
    } catch (error) {
      announcer.say(asProblem(error).message);
    }
  };
  return (
    <span class="who">
      <span class="quiet">{me.account.name}</span>
      <button type="button" class="button button-small" onClick={() => void signOut()}>
        Sign out
      </button>
    </span>
  );
}
