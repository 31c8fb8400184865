/**
 * `npm run dev:services`: the AWS emulator and Redis in containers, provisioned, for an API and workers that run on
 * this machine. Prints their settings as KEY=VALUE on stdout, and nothing else there, so that a shell can read them:
 * `npm run --silent dev:services > .env && node --env-file=.env api/src/main.ts`. `npm run dev:services:stop` ends
 * it all. AWS_PORT (4566) and REDIS_PORT (6379) choose the ports, AWS_STACK_IMAGE the emulator.
 */
import { Compose, requireCompose } from './compose.ts';
import { EMULATOR_CREDENTIALS } from './provision/clients.ts';
import { provision } from './provision.ts';

const compose = new Compose({
  project: 'wavefleet-dev',
  files: ['docker-compose.yml', 'docker-compose.dev.yml'],
});

async function up(): Promise<void> {
  const port = (name: string, fallback: number) => process.env[name] || String(fallback);
  await compose.run('up', '--detach', '--wait', 'localstack', 'redis');
  const endpointUrl = `http://127.0.0.1:${port('AWS_PORT', 4566)}`;
  const { settings, notes } = await provision({ endpointUrl, region: 'us-east-1' });
  for (const note of notes) console.error(`note: ${note}`);
  const all = {
    ...settings,
    AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
    REDIS_URL: `redis://127.0.0.1:${port('REDIS_PORT', 6379)}`,
    // As on every emulator: a killed worker's long poll may swallow a message.
    POLL_WAIT_SECONDS: '2',
  };
  for (const [name, value] of Object.entries(all)) console.log(`${name}=${value}`);
}

async function main(verb: string | undefined): Promise<void> {
  if (verb !== 'up' && verb !== 'down') throw new Error('say `up` or `down`');
  await requireCompose();
  if (verb === 'up') await up();
  else await compose.run('down', '--volumes', '--remove-orphans');
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(`dev:services: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
