/** `POST /api/auth/sign-out`: ends the session of this browser. */
import { createRoute } from '@hono/zod-openapi';
import { type Router, router } from '../http/context.ts';
import { errorAnswers } from '../http/route-parts.ts';
import type { PeopleDeps } from './deps.ts';
import { endSession } from './end-session.ts';
import { takeTokens } from './give-tokens.ts';

const route = createRoute({
  method: 'post',
  path: '/api/auth/sign-out',
  summary: 'Sign out',
  description:
    'Its tokens are refused at once by the process that answers, and within five seconds by all others.',
  responses: {
    204: { description: 'Nobody is signed in in this browser.' },
    ...errorAnswers('CSRF_REJECTED'),
  },
});

export const signOut = (deps: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    await endSession(c, deps);
    takeTokens(c, deps);
    return c.body(null, 204);
  });
