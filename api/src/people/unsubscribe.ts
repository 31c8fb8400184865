/**
 * `/unsubscribe/{token}`: where e-mails lead that somebody wants no more of. A look changes nothing, since programs follow
 * links; the button does, and so do mail programs by themselves (RFC 8058). Nobody has to sign in for it.
 */
import { unsubscribePath } from '@wavefleet/contracts/mails.ts';
import { accountOfToken } from '@wavefleet/platform/people/unsubscribing.ts';
import { html } from 'hono/html';
import { type Router, router } from '../http/context.ts';
import { plainPage, plainPolicy } from '../http/plain-page.ts';
import type { PeopleDeps } from './deps.ts';

/** All that is below it belongs to such links. */
export const UNSUBSCRIBE_PATHS = unsubscribePath('*');

const ASK_PAGE = plainPage(
  'Stop e-mails',
  html`<h1>No more e-mails about your conversions?</h1>
<p>You will then get none about any job. Your results stay where they are. To get e-mails again, sign in and choose so under “Settings”.</p>
<form method="post"><button>Stop e-mails</button></form>`,
);
const DONE_PAGE = plainPage(
  'No more e-mails',
  html`<h1>No more e-mails</h1>
<p>You will get none about any job. To get e-mails again, sign in and choose so under “Settings”.</p>`,
);
const NOWHERE_PAGE = plainPage(
  'This link leads nowhere',
  html`<h1>This link leads nowhere</h1>
<p class="quiet">It is incomplete, or the account no longer exists and gets no e-mails. Open it exactly as it is in the e-mail.</p>`,
);

export function unsubscribe({ accounts, log }: PeopleDeps): Router {
  const app = router();
  app.use(UNSUBSCRIBE_PATHS, async (c, next) => {
    c.header('X-Robots-Tag', 'noindex, nofollow');
    c.header('Cache-Control', 'no-store');
    c.header('Content-Security-Policy', plainPolicy("form-action 'self'"));
    await next();
  });

  app.get(unsubscribePath(':token'), async (c) => {
    const account = await accountOfToken(accounts, c.req.param('token') ?? '');
    return account === undefined ? c.html(NOWHERE_PAGE, 404) : c.html(ASK_PAGE);
  });

  app.post(unsubscribePath(':token'), async (c) => {
    const account = await accountOfToken(accounts, c.req.param('token') ?? '');
    if (account === undefined) return c.html(NOWHERE_PAGE, 404);
    await accounts.setEmailNotices(account.ownerId, 'none');
    log.say('mail.unsubscribed', { ownerId: account.ownerId });
    return c.html(DONE_PAGE);
  });
  return app;
}
