/** The end of the session that a browser has. */
import type { Context } from 'hono';
import type { AppEnv } from '../http/context.ts';
import type { PeopleDeps } from './deps.ts';

/** Also by an old token: who has one may end the session, it is theirs, or it was stolen. @throws SDK errors. */
export async function endSession(
  c: Context<AppEnv>,
  { sessions, knownSessions, cookies }: Pick<PeopleDeps, 'sessions' | 'knownSessions' | 'cookies'>,
): Promise<void> {
  const rotation = await sessions.rotate(cookies.get(c, 'refresh') ?? '');
  if (rotation.outcome === 'unknown') return;
  const { sessionId } = rotation.session;
  await sessions.end(sessionId);
  knownSessions.forget(sessionId);
}
