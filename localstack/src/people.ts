/**
 * What Compose's profile `people` runs beside the fleet, in containers of its own: `provider`, by which anybody signs in under
 * any name, or `mail`, which catches all e-mails. Never part of a deployment.
 */
import { startMailCatcher } from './mail/catcher.ts';
import { startProvider } from './sign-in.ts';

/** In a container nobody else reaches it but by the ports that Compose publishes to this machine. */
const EVERYWHERE = '0.0.0.0';
/** The ports of docker-compose.yml and docker-compose.people.env. */
const SMTP_PORT = 1025;
const PAGE_PORT = 8025;

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
  return provider.stop;
}

try {
  const stop = await start(process.argv[2]);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
} catch (error) {
  console.error(`people: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
