/** Where the page begins. */

import { Client } from '@wavefleet/client/client.ts';
import { asProblem } from '@wavefleet/client/problem.ts';
import { render } from 'preact';
import { z } from 'zod';
import { App } from './app.tsx';
import { assemble, browserSession } from './assemble.ts';
import { keepsCookies } from './session/cookies.ts';
import { SignInView } from './session/sign-in-view.tsx';
import { NoStart } from './shell/no-start.tsx';

// Compiled validators need `eval`, which the page's Content-Security-Policy forbids.
z.config({ jitless: true });

const session = browserSession(new Client());
const client = new Client('', { renew: () => session.renew() });
const root = document.getElementById('app');

async function start(): Promise<void> {
  if (root === null) return;
  try {
    const [catalogue, { auth, kind }] = await Promise.all([client.service.catalogue(), session.start()]);
    if (kind === 'anonymous' && !keepsCookies()) return askForCookies();
    if (auth.mode === 'required' && kind !== 'account') {
      const denied = location.hash === '#/denied';
      return render(
        <main>
          <SignInView auth={auth} denied={denied} />
        </main>,
        root,
      );
    }
    render(<App services={assemble(client, catalogue, session)} />, root);
  } catch (error) {
    const { message } = asProblem(error);
    render(
      <NoStart title="wavefleet is not answering" message={message} onRetry={() => void start()} />,
      root,
    );
  }
}

/** The server knows a browser by its cookie: all that come without one would see each other's files. */
function askForCookies(): void {
  if (root === null) return;
  const message =
    'The cookie tells the server which files are yours. Allow cookies for this site in your browser, then try again.';
  // The cookie comes with the page.
  const onRetry = () => location.reload();
  render(<NoStart title="This page needs a cookie" message={message} onRetry={onRetry} />, root);
}

void start();
