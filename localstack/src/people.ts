/**
 * What Compose's profile `people` runs beside the fleet, in containers of its own: `provider`, by which anybody signs in under
 * any name, or `mail`, which catches all e-mails. Never part of a deployment.
 */
import { startMailCatcher } from './mail/catcher.ts';
import { untilNobodyListens } from './nobody-listens.ts';
import { startProvider } from './sign-in.ts';

/** In a container nobody else reaches it but by the ports that Compose publishes to this machine. */
const EVERYWHERE = '0.0.0.0';
/** The ports of docker-compose.yml and docker-compose.people.env. */
const SMTP_PORT = 1025;
const PAGE_PORT = 8025;
/** Of the API's container, whose network the provider is in. */
const API_PORT = 3000;
/** Half a minute: no start of the API takes as long. */
const PATIENCE = { everyMs: 5_000, looks: 6 };

async function start(what: string | undefined): Promise<() => Promise<void>> {
  if (what === 'mail') {
    const catcher = await startMailCatcher({ host: EVERYWHERE, smtpPort: SMTP_PORT, pagePort: PAGE_PORT });
    console.log(`mail: caught e-mails are at ${catcher.pageUrl}`);
    return catcher.stop;
  }
  const { PUBLIC_URL, OIDC_ISSUER } = process.env;
  if (what !== 'provider' || !PUBLIC_URL || !OIDC_ISSUER)
    throw new Error('expected `mail`, or `provider` with PUBLIC_URL and OIDC_ISSUER');
  const provider = await startProvider(PUBLIC_URL, { host: EVERYWHERE, issuer: OIDC_ISSUER });
  console.log(`provider: ${OIDC_ISSUER}`);
  void endWithoutApi(provider.stop);
  return provider.stop;
}

/**
 * A container that is started anew has a new network, and who was in the former one stays there, where nobody finds it. So
 * the provider ends once the API is gone; Compose starts it again, in the network that the API has by then.
 */
async function endWithoutApi(stop: () => Promise<void>): Promise<void> {
  await untilNobodyListens(API_PORT, PATIENCE);
  console.error('provider: the API is no longer in this network; ends, to be started again in its new one');
  process.exitCode = 1;
  await stop();
}

try {
  const stop = await start(process.argv[2]);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
} catch (error) {
  console.error(`people: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
