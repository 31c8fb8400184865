/** Every route about who asks, and the keys by which programs are known. */
import { join, type Router } from '../http/context.ts';
import type { PeopleDeps } from './deps.ts';
import { getMe } from './get-me.ts';
import { listKeys } from './list-keys.ts';
import { makeKey } from './make-key.ts';
import { revokeKey } from './revoke-key.ts';

/** `/api/me`, `/api/keys` and what is below it. */
export function peopleRoutes(deps: PeopleDeps): Router {
  return join([getMe(deps), listKeys(deps), makeKey(deps), revokeKey(deps)]);
}
