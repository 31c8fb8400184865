/** The cookies of a session, given to the browser. */
import type { Session } from '@wavefleet/platform/people/sessions.ts';
import type { Context } from 'hono';
import type { AppEnv } from '../http/context.ts';
import type { PeopleDeps } from './deps.ts';
import { REFRESH_COOKIE_SECONDS } from './session-cookies.ts';

/** Answers the access token. */
export async function giveTokens(
  c: Context<AppEnv>,
  { tokens, cookies }: Pick<PeopleDeps, 'tokens' | 'cookies'>,
  { ownerId, sessionId, rotatedAt }: Session,
  refreshToken: string,
): Promise<string> {
  const accessToken = await tokens.sign({ ownerId, sessionId, rotatedAt });
  cookies.set(c, 'access', accessToken, tokens.lifetimeSeconds);
  cookies.set(c, 'refresh', refreshToken, REFRESH_COOKIE_SECONDS);
  return accessToken;
}

/** The browser has none any more. */
export function takeTokens(c: Context<AppEnv>, { cookies }: Pick<PeopleDeps, 'cookies'>): void {
  cookies.remove(c, 'access');
  cookies.remove(c, 'refresh');
}
