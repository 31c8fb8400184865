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
  summary: 'Delete all your data',
  description:
    'For good: jobs (running ones are cancelled first), uploads, results, links to them, presets, webhooks and the messages still to be sent, API keys, sessions, your account if you have signed in, and your dropped files that became jobs. A browser gets a new cookie. The deletion continues by itself, even if a process dies during it; what was still on its way when you asked is deleted when it arrives, for as long as the longest request may take. Asking again starts it again.',
  request: { query: z.object({ confirm: z.literal('everything') }) },
  responses: {
    200: jsonAnswer('The deletion is under way, or done.', erasedSchema),
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
