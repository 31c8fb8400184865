/** `wavefleet doctor`, also `npm run test:aws-connectivity`: which settings are meant, and how it ends. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, ConfigError, loadConfig } from '@wavefleet/platform/config.ts';
import { localSettingsFile, readSettings } from '@wavefleet/platform/local-settings.ts';
import { type Command, type Terminal, UNUSABLE } from '../command.ts';
import { checkConnectivity } from './doctor.ts';

const help = `Usage: wavefleet doctor [--local | --settings FILE] [--origin https://…]

Asks every service that the API and the workers use, with their settings: a line per check, and a fix below each
problem. It leaves nothing behind and touches no message.

  (without)            the settings in the environment, as API and workers read them
  --local              those of the fleet that npm start runs here, with the same DATA_DIR
  --settings FILE      those in FILE, KEY=VALUE a line; the environment does not count
  --origin https://…   asks S3 as that page's browser would

Exit codes: 0 nothing failed, 1 something did, 2 the settings cannot be used.`;

export const doctor: Command = {
  name: 'doctor',
  summary: 'asks every service that the fleet uses, and says how to mend what is wrong',
  help,
  async run(args, terminal) {
    try {
      const options = asked(args, terminal.env);
      const config = await settingsOf(options, terminal.env);
      // npm start serves the page itself, so that its origin is known.
      const origin = options.origin ?? (options.local ? `http://127.0.0.1:${config.PORT}` : undefined);
      return (await checkConnectivity({ config, origin, print: terminal.print })) ? 0 : 1;
    } catch (error) {
      terminal.complain(`connectivity: ${error instanceof Error ? error.message : String(error)}`);
      if (error instanceof ConfigError) {
        terminal.complain(
          'Set them as api and worker have them, or give --settings FILE (KEY=VALUE lines), or --local for npm start.',
        );
      }
      return UNUSABLE;
    }
  },
};

interface Asked {
  readonly local: boolean;
  readonly file: string | undefined;
  readonly origin: string | undefined;
}

function asked(args: readonly string[], env: Terminal['env']): Asked {
  const { values } = parseArgs({
    args: [...args],
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
  const file = local ? localSettingsFile(resolve(env.DATA_DIR ?? '.data')) : settings;
  return { local, file, origin };
}

/** The file alone counts when one is given: keys of another account in the shell must not mix in. */
async function settingsOf({ local, file }: Asked, env: Terminal['env']): Promise<Config> {
  if (file === undefined) return loadConfig(env);
  const read = await readSettings(file).catch(() => {
    throw new Error(
      local
        ? `there is no ${file}: start the fleet with npm start (with the same DATA_DIR), then ask again`
        : `${file} cannot be read`,
    );
  });
  return loadConfig(read);
}
