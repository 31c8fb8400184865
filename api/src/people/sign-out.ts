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
    'The process that answers refuses the tokens of the session immediately, all others within five seconds.',
  responses: {
    204: { description: 'This browser is signed out.' },
    ...errorAnswers('CSRF_REJECTED'),
  },
});

export const signOut = (deps: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    await endSession(c, deps);
    takeTokens(c, deps);
    return c.body(null, 204);
  });
