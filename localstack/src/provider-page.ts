/** The one page of the provider of this machine: it asks who somebody is, and believes it. Loads nothing from anywhere. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type Provider from 'oidc-provider';

/** Below it is one address for each sign-in that is under way. */
export const INTERACTIONS = '/interaction/';

const page = (path: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who are you?</title>
<style>
:root{color-scheme:light dark}
body{max-width:26rem;margin:12vh auto;padding:0 1.5rem;font:1rem/1.5 system-ui,sans-serif}
input,button{box-sizing:border-box;width:100%;margin:.25rem 0 1rem;padding:.6rem .8rem;font:inherit}
button{cursor:pointer;font-weight:600}
</style>
<h1>Who are you?</h1>
<p>The provider of this machine believes any name, and gives it the e-mail address <i>name</i>@example.test.</p>
<form method="post" action="${path}">
<label>Name <input name="login" required autofocus autocomplete="off" maxlength="100" pattern="[A-Za-z0-9_.+\\-]+" title="Letters, digits and . _ + - alone, such as ann"></label>
<button>Sign in</button>
</form>
<p><a href="${path}/abort">Cancel</a></p>
</html>
`;

/** Shows the page, takes its answer, or leads back without one. */
export async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { uid } = await provider.interactionDetails(request, response);
    const path = `${INTERACTIONS}${encodeURIComponent(uid)}`;
    if (request.url === `${path}/abort`) {
      const denied = { error: 'access_denied', error_description: 'somebody has changed their mind' };
      return await provider.interactionFinished(request, response, denied);
    }
    const login = request.method === 'POST' ? new URLSearchParams(await text(request)).get('login') : null;
    if (login !== null && /^[\w.+-]{1,100}$/.test(login))
      return await provider.interactionFinished(request, response, { login: { accountId: login } });
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
    });
    response.end(page(path));
  } catch {
    response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end('This sign-in is over. Begin again from the page of the service.\n');
  }
}
