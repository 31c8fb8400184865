/** `POST /api/auth/refresh`: the next access token of a session, and its next refresh token. */
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { freshTokenSchema } from '@wavefleet/contracts/people.ts';
import { type Router, router } from '../http/context.ts';
import { answerFailure } from '../http/errors.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import { adopt } from './adopt.ts';
import type { PeopleDeps } from './deps.ts';
import { giveTokens, takeTokens } from './give-tokens.ts';

const route = createRoute({
  method: 'post',
  path: '/api/auth/refresh',
  summary: 'Stay signed in',
  description:
    'For browsers: takes the refresh token from its cookie and replaces it with the next one. A token that was used before ends the session, because somebody else has it too; a browser whose answer was lost may ask again.',
  responses: {
    200: jsonAnswer('The session continues.', freshTokenSchema),
    ...errorAnswers('UNAUTHENTICATED', 'CSRF_REJECTED'),
  },
});

export const refresh = (deps: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    const rotation = await deps.sessions.rotate(deps.cookies.get(c, 'refresh') ?? '');
    c.header('Cache-Control', 'no-store');
    if (rotation.outcome !== 'fresh') {
      if (rotation.outcome === 'reused') {
        const { ownerId, sessionId } = rotation.session;
        deps.knownSessions.forget(sessionId);
        deps.log.say('session.reused', { ownerId });
      }
      const code = deps.cookies.get(c, 'refresh') === undefined ? 'UNAUTHENTICATED' : 'INVALID_TOKEN';
      // Also an access token that is left: it would go on being refused with everything that the browser asks.
      takeTokens(c, deps);
      // Answered here: a thrown failure would lose the cookies that are taken away.
      return answerFailure(c, new Failure(code)) as never;
    }
    const { session, token } = rotation;
    void adopt(deps, session);
    const accessToken = await giveTokens(c, deps, session, token);
    return c.json({ accessToken, expiresInSeconds: deps.tokens.lifetimeSeconds }, 200);
  });
