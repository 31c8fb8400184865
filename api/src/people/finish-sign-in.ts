/** `GET /api/auth/callback/{provider}`: where the provider sends the browser back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { hashOf } from '@wavefleet/platform/secret.ts';
import { browserOwner, renewBrowser } from '../http/browser-cookie.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers } from '../http/route-parts.ts';
import { adopt } from './adopt.ts';
import { providerOf, providerParams, redirectUri } from './begin-sign-in.ts';
import type { PeopleDeps } from './deps.ts';
import { endSession } from './end-session.ts';
import { giveTokens } from './give-tokens.ts';

/** So long the browser waits for what it had to become the account's; more goes on behind it. */
const ADOPTION_WAIT_MS = 3_000;
/** Where the page says that somebody has changed their mind. */
const DENIED = '/#/denied';

const route = createRoute({
  method: 'get',
  path: '/api/auth/callback/{provider}',
  summary: 'Finish a sign-in',
  description:
    'The provider redirects here. A sign-in can be finished once, within ten minutes, in the browser that began it.',
  request: { params: providerParams },
  responses: {
    302: { description: 'Signed in, or permission was refused at the provider: redirects back to the page.' },
    ...errorAnswers('VALIDATION_ERROR', 'NOT_FOUND', 'OAUTH_STATE_INVALID', 'SIGN_IN_FAILED'),
  },
});

export const finishSignIn = (deps: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    const provider = providerOf(deps, c.req.valid('param').provider);
    const { state = '', error } = c.req.query();
    const begun = await deps.signIns.take(state);
    const browser = deps.cookies.get(c, 'signIn');
    c.header('Cache-Control', 'no-store');
    if (begun === undefined || begun.provider !== provider.id || browser === undefined)
      throw new Failure('OAUTH_STATE_INVALID');
    if (hashOf(browser) !== begun.browser) throw new Failure('OAUTH_STATE_INVALID');
    if (error === 'access_denied') return c.redirect(DENIED);
    const { verifier, nonce, next } = begun;
    const redirect = redirectUri(deps, provider);
    const cameBack = new URL(redirect);
    cameBack.search = new URL(c.req.url).search;
    const identity = await provider.identity(cameBack, { state, verifier, nonce, redirectUri: redirect });
    // Nobody would have its tokens any more, and it would live on.
    await endSession(c, deps);
    const { ownerId } = await deps.accounts.signedIn(identity);
    const { session, token } = await deps.sessions.begin(ownerId, browserOwner(deps.config)(c)?.id);
    deps.log.say('session.begun', { ownerId, provider: provider.id });
    await giveTokens(c, deps, session, token);
    // What it does after it has signed out again is somebody else's.
    renewBrowser(c, deps.config);
    await Promise.race([adopt(deps, session), sleep(ADOPTION_WAIT_MS)]);
    return c.redirect(next);
  });
