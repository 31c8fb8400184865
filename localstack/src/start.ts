/** `npm start`: the fleet on this machine until Ctrl-C, with its data kept in DATA_DIR. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ownBuild } from '@wavefleet/audio/own-build.ts';
import { removeLocalSettings, writeLocalSettings } from '@wavefleet/platform/local-settings.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import { isFree } from './embedded/free-port.ts';
import { findProgram } from './embedded/system-programs.ts';
import { type MailCatcher, startMailCatcher } from './mail/catcher.ts';
import { ensurePage } from './page-build.ts';
import { settingsFrom } from './passed-settings.ts';
import { requirePrograms } from './programs.ts';
import { type LocalProvider, startProvider } from './sign-in.ts';
import { StandingFleet } from './standing-fleet.ts';

/** Where people expect local AWS services, so that examples can be copied. Another one is taken when it is not free. */
const USUAL_AWS_PORT = 4566;

const port = Number(process.env.PORT ?? 3000);
const dataDir = resolve(process.env.DATA_DIR ?? '.data');
/** Where people expect a catcher of e-mails. */
const USUAL_MAIL_PORT = 8025;
/** `npm start -- --auth`: with a provider on this machine, which believes any name, and a mailbox for all of them. */
const signsIn = process.argv.includes('--auth');

async function main(): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error('PORT: expected a number from 0 to 65535');
  if (signsIn && port === 0)
    throw new Error('PORT: expected a number from 1 with --auth: the provider sends browsers back to it');
  const { passed, ignored } = settingsFrom(process.env);
  if (ignored.length > 0)
    console.log(
      `wavefleet: does not count here: ${ignored.join(', ')}. The fleet of npm start has its own, on this machine alone.`,
    );
  requirePrograms();
  if (ownBuild(process.getuid?.()) === undefined && findProgram('gcc', process.env.PATH) !== undefined) {
    console.log(
      'wavefleet: with the FFmpeg of this machine. One that starts faster and opens nothing but sound: `npm run ffmpeg:build`.',
    );
  }
  if (process.env.WEB_DIR === undefined) await ensurePage();
  // What comes into DATA_DIR, by whichever of the processes, is for this user's eyes.
  process.umask(0o077);
  const awsPort = (await isFree(USUAL_AWS_PORT)) ? USUAL_AWS_PORT : 0;
  const provider = signsIn ? await startProvider(`http://127.0.0.1:${port}`) : undefined;
  const catcher = signsIn ? await startCatcher() : undefined;
  const env = {
    ...(catcher === undefined ? {} : mailEnv(catcher)),
    ...passed,
    ...(provider === undefined ? {} : await signInEnv(provider)),
  };
  const fleet = new StandingFleet(
    { dataDir, port, awsPort, notifier: true, env },
    {
      up: async ({ env: settings, apiUrl, workers }) => {
        await writeLocalSettings(dataDir, { ...settings, PORT: new URL(apiUrl).port });
        console.log(
          `wavefleet: ${apiUrl}${signsIn ? ` (sign in under any name; e-mails: ${catcher?.pageUrl})` : ''} · ${workers.length} workers · S3 endpoint ${settings.AWS_ENDPOINT_URL} · data and logs in ${dataDir}`,
        );
      },
      say: (line) => console.error(`wavefleet: ${line}`),
    },
  );

  let stopping = false;
  const stop = () => {
    // The terminal sends Ctrl-C to npm and to us, and npm sends it on: one drain is enough.
    if (stopping) return;
    stopping = true;
    console.log('wavefleet: draining (unfinished work is kept)…');
    const stopped = fleet
      .stop()
      .then(() => Promise.all([removeLocalSettings(dataDir), provider?.stop(), catcher?.stop()]));
    stopped.then(
      () => {
        console.log('wavefleet: stopped');
        process.exit(0);
      },
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  await fleet.start();
}

async function startCatcher(): Promise<MailCatcher> {
  return await startMailCatcher({ pagePort: (await isFree(USUAL_MAIL_PORT)) ? USUAL_MAIL_PORT : 0 });
}

/** On one machine nobody waits a minute for an e-mail that is looked at in the next tab. */
function mailEnv({ smtpUrl }: MailCatcher): Record<string, string> {
  return { MAIL_FROM: 'wavefleet <noreply@wavefleet.test>', SMTP_URL: smtpUrl, MAIL_GATHER_MS: '10000' };
}

/** People stay signed in over a restart: the keys that sign are kept. */
async function signInEnv({ env }: LocalProvider): Promise<Record<string, string>> {
  const file = join(dataDir, 'token-keys.json');
  // Empty after a power loss, perhaps.
  const kept = (await readFile(file, 'utf8').catch(() => undefined)) || undefined;
  const keys = kept ?? JSON.stringify({ keys: [newTokenKey()] });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (kept === undefined) await writeFile(file, keys, { mode: 0o600, flush: true });
  return {
    AUTH: process.env.AUTH ?? 'optional',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    TOKEN_KEYS: keys,
    ...env,
  };
}

function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  const taken = message.includes('EADDRINUSE');
  console.error(`wavefleet: ${taken ? `port ${port} is taken; choose another one with PORT=…` : message}`);
  process.exit(1);
}

main().catch(fail);
