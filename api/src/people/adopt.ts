/** What a browser had becomes the account's that it has signed in to: once, item by item, and again where it broke off. */
import type { Session } from '@wavefleet/platform/people/sessions.ts';
import type { PeopleDeps } from './deps.ts';

type AdoptDeps = Pick<PeopleDeps, 'belongings' | 'presets' | 'quotas' | 'sessions' | 'log' | 'forgetJob'>;

/**
 * What was under way while its owner signed in, or what an index did not know yet, comes later: a session that is younger
 * looks once more at its next refresh.
 */
const LATE_MS = 60_000;

/** Never throws: what is left is taken at the session's next refresh. */
export async function adopt(deps: AdoptDeps, session: Session): Promise<void> {
  const { sessionId, ownerId, adopts, createdAt } = session;
  if (adopts === undefined) return;
  try {
    const moved = await deps.belongings.move(adopts, ownerId, { onMoved: deps.forgetJob });
    await deps.quotas.adopt(adopts, ownerId);
    const count = moved + (await deps.presets.move(adopts, ownerId));
    if (Date.now() - Date.parse(createdAt) > LATE_MS) await deps.sessions.hasAdopted(sessionId);
    deps.log.say('account.adopted', { ownerId, count });
  } catch (error) {
    deps.log.say('account.adoption-broken', { ownerId, err: error });
  }
}
