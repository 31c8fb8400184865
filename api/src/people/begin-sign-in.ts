/** `GET /api/auth/sign-in/{provider}`: sends the browser to its provider. For links, not for scripts. */
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { hashOf, newSecret, secretPattern } from '@wavefleet/platform/secret.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers } from '../http/route-parts.ts';
import type { PeopleDeps } from './deps.ts';
import type { Provider } from './providers.ts';

const SIGN_IN_COOKIE_SECONDS = 600;

export const providerParams = z.object({
  provider: z.string().regex(/^[a-z]{1,32}$/, 'expected the id of a provider'),
});

const route = createRoute({
  method: 'get',
  path: '/api/auth/sign-in/{provider}',
  summary: 'Sign in with a provider',
  description:
    'For a link in a browser: redirects to the provider, and from there back to `next`, a path of this service. `GET /api/me` lists the providers.',
  request: { params: providerParams, query: z.object({ next: z.string().max(500).optional() }) },
  responses: {
    302: { description: 'Redirects to the provider.' },
    ...errorAnswers('VALIDATION_ERROR', 'NOT_FOUND'),
  },
});

export const beginSignIn = (deps: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    const provider = providerOf(deps, c.req.valid('param').provider);
    // As long as a PKCE verifier has to be at least (RFC 7636, section 4.1).
    const [state, verifier, nonce] = [newSecret(), newSecret(), newSecret()];
    // One for all that a browser begins, so that who begins in two tabs may end in both.
    const former = deps.cookies.get(c, 'signIn');
    const browser = former !== undefined && secretPattern.test(former) ? former : newSecret();
    const round = { state, verifier, nonce, redirectUri: redirectUri(deps, provider) };
    const address = await provider.address(round);
    const next = ownPath(c.req.valid('query').next);
    await deps.signIns.begin(state, {
      provider: provider.id,
      verifier,
      nonce,
      next,
      browser: hashOf(browser),
    });
    deps.cookies.set(c, 'signIn', browser, SIGN_IN_COOKIE_SECONDS);
    c.header('Cache-Control', 'no-store');
    return c.redirect(address);
  });

/** @throws Failure NOT_FOUND for one that the settings do not name. */
export function providerOf({ providers }: Pick<PeopleDeps, 'providers'>, id: string): Provider {
  const found = providers.find((each) => each.id === id);
  if (found === undefined) throw new Failure('NOT_FOUND');
  return found;
}

/** The one address to which a provider may send people back; it knows no other. */
export function redirectUri({ config }: Pick<PeopleDeps, 'config'>, { id }: Pick<Provider, 'id'>): string {
  return `${config.PUBLIC_URL}/api/auth/callback/${id}`;
}

/** A path of ours, or the start: nobody is sent elsewhere. Browsers take a backslash for a slash. */
function ownPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[\w\-./#?=&%]*$/.test(next) ? next : '/';
}
