/** Every route about who asks: signing in and out, and the keys by which programs are known. */
import { join, type Router } from '../http/context.ts';
import { beginSignIn } from './begin-sign-in.ts';
import { changeMe } from './change-me.ts';
import type { PeopleDeps } from './deps.ts';
import { finishSignIn } from './finish-sign-in.ts';
import { getMe } from './get-me.ts';
import { jwks } from './jwks.ts';
import { listKeys } from './list-keys.ts';
import { makeKey } from './make-key.ts';
import { refresh } from './refresh.ts';
import { revokeKey } from './revoke-key.ts';
import { signOut } from './sign-out.ts';
import { unsubscribe } from './unsubscribe.ts';

/** `/api/me`, `/api/keys`, `/api/auth`, `/unsubscribe` and what is below them, and `/.well-known/jwks.json`. */
export function peopleRoutes(deps: PeopleDeps): Router {
  return join([
    getMe(deps),
    changeMe(deps),
    listKeys(deps),
    makeKey(deps),
    revokeKey(deps),
    beginSignIn(deps),
    finishSignIn(deps),
    refresh(deps),
    signOut(deps),
    jwks(deps),
    unsubscribe(deps),
  ]);
}
