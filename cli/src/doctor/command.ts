/**
 * `npm run test:aws-connectivity [-- --local | --settings FILE] [--origin https://…]`: asks every service with the
 * settings in the environment, in FILE, or of the fleet that `npm start` runs here. Exit codes: 0 nothing failed,
 * 1 something did, 2 the settings cannot be used.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, ConfigError, loadConfig } from '@wavefleet/platform/config.ts';
import { localSettingsFile, readSettings } from '@wavefleet/platform/local-settings.ts';
import { checkConnectivity } from './doctor.ts';

const UNUSABLE = 2;

interface Asked {
  readonly local: boolean;
  readonly file: string | undefined;
  readonly origin: string | undefined;
}

function asked(): Asked {
  const { values } = parseArgs({
    options: {
      local: { type: 'boolean', default: false },
      settings: { type: 'string' },
      origin: { type: 'string' },
    },
  });
  const { local, settings, origin } = values;
  if (local && settings !== undefined) throw new Error('--local and --settings exclude each other');
  if (origin !== undefined && URL.parse(origin)?.origin !== origin) {
    throw new Error('--origin: expected scheme, host and port alone, such as https://audio.example');
  }
  const file = local ? localSettingsFile(resolve(process.env.DATA_DIR ?? '.data')) : settings;
  return { local, file, origin };
}

/** The file alone counts when one is given: keys of another account in the shell must not mix in. */
async function settingsOf({ local, file }: Asked): Promise<Config> {
  if (file === undefined) return loadConfig(process.env);
  const env = await readSettings(file).catch(() => {
    throw new Error(
      local
        ? `there is no ${file}: start the fleet with npm start (with the same DATA_DIR), then ask again`
        : `${file} cannot be read`,
    );
  });
  return loadConfig(env);
}

async function main(): Promise<void> {
  const options = asked();
  const config = await settingsOf(options);
  // npm start serves the page itself, so that its origin is known.
  const origin = options.origin ?? (options.local ? `http://127.0.0.1:${config.PORT}` : undefined);
  const isWell = await checkConnectivity({ config, origin, print: (line) => console.log(line) });
  process.exitCode = isWell ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(`connectivity: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof ConfigError) {
    console.error(
      'Set them as api and worker have them, or give --settings FILE (KEY=VALUE lines), or --local for npm start.',
    );
  }
  process.exitCode = UNUSABLE;
});
