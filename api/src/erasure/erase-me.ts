/** `DELETE /api/me`: everything of the caller, for good. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRoute, z } from '@hono/zod-openapi';
import { erasedSchema } from '@wavefleet/contracts/people.ts';
import { renewBrowser } from '../http/browser-cookie.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import { takeTokens } from '../people/give-tokens.ts';
import type { SessionCookies } from '../people/session-cookies.ts';
import { passOver } from './carry-on.ts';
import type { EraseDeps } from './deps.ts';

/** What is not gone by then goes without anybody waiting. */
const ANSWER_WITHIN_MS = 10_000;
/** Beyond the longest request. */
const MARGIN_MS = 60_000;

const route = createRoute({
  method: 'delete',
  path: '/api/me',
  summary: 'Delete everything of yours',
  description:
    'For good: jobs (those under way are cancelled first), uploads, results, links to them, presets, webhooks with what waits to be sent, API keys, sessions, and the account of who has signed in; dropped files of yours that became jobs. A browser gets another cookie. It goes on without you, also when a process dies over it; what was on its way when you asked goes when it arrives, for the time of the longest request. Ask again, and it begins anew.',
  request: { query: z.object({ confirm: z.literal('everything') }) },
  responses: {
    200: jsonAnswer('It is under way, or done.', erasedSchema),
    ...errorAnswers('VALIDATION_ERROR', 'UNAUTHENTICATED', 'CSRF_REJECTED'),
  },
});

export const eraseMe = (deps: EraseDeps & { readonly cookies: SessionCookies }): Router =>
  router().openapi(route, async (c) => {
    const { id: ownerId, kind } = c.var.owner;
    const { erasures, config, log } = deps;
    const erasure = await erasures.ask(ownerId, config.REQUEST_TIMEOUT_MS + MARGIN_MS);
    const watchedUntil = new Date(erasure.watchedUntil).toISOString();
    log.say('erasure.asked', { ownerId, watchedUntil });
    const pass = passOver(deps, erasure).catch((error: unknown) => {
      log.say('erasure.waits', { ownerId, err: error });
      return undefined;
    });
    const soon = await Promise.race([pass, sleep(ANSWER_WITHIN_MS, undefined, { ref: false })]);
    if (kind === 'browser') renewBrowser(c, config);
    if (kind === 'account') takeTokens(c, deps);
    return c.json({ done: soon?.left === 0, watchedUntil }, 200, { 'Cache-Control': 'no-store' });
  });
