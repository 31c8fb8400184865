/** A stand whose people can sign in, at a provider of this machine. */
import type { WebPage } from '@wavefleet/api/page/web-page.ts';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { type LocalProvider, startProvider } from '@wavefleet/localstack/sign-in.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import { Stand } from './stand.ts';

/** A page, for its cookie. */
const webPage: WebPage = { html: '<!doctype html><title>wavefleet</title>', files: new Map() };

/** A stand whose people can sign in. */
export async function startWithSignIn(
  env: Record<string, string> = {},
): Promise<{ stand: Stand; provider: LocalProvider }> {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const provider = await startProvider(publicUrl);
  const stand = await Stand.start({
    webPage,
    env: {
      ...{ AUTH: 'optional', PUBLIC_URL: publicUrl, PORT: String(port) },
      TOKEN_KEYS: JSON.stringify({ keys: [newTokenKey()] }),
      ...provider.env,
      ...env,
    },
  });
  return { stand, provider };
}
