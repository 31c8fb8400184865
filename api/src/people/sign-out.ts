/** `POST /api/auth/sign-out`: ends the session of this browser. */
import { createRoute } from '@hono/zod-openapi';
import { type Router, router } from '../http/context.ts';
import { errorAnswers } from '../http/route-parts.ts';
import type { PeopleDeps } from './deps.ts';
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
    const rotation = await deps.sessions.rotate(deps.cookies.get(c, 'refresh') ?? '');
    // Who has an old token has ended the session as well: it is theirs, or it was stolen.
    if (rotation.outcome !== 'unknown') {
      const { sessionId } = rotation.session;
      await deps.sessions.end(sessionId);
      deps.knownSessions.forget(sessionId);
    }
    takeTokens(c, deps);
    return c.body(null, 204);
  });
