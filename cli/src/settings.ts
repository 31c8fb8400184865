/** Which settings a command works with: those of the environment, of a file, or of the fleet that runs here. */
import { resolve } from 'node:path';
import { type Config, ConfigError, loadConfig } from '@wavefleet/platform/config.ts';
import { localSettingsFile, readSettings } from '@wavefleet/platform/local-settings.ts';
import type { Terminal } from './command.ts';

/** For `parseArgs`: the options of every command that reads settings. */
export const settingsOptions = {
  local: { type: 'boolean', default: false },
  settings: { type: 'string' },
} as const;

/** The lines of a command's help. */
export const settingsHelp = `  (default)            the settings in the environment, as API and workers read them
  --local              the settings of the fleet that npm start runs here, with the same DATA_DIR
  --settings FILE      the settings in FILE, one KEY=VALUE per line; the environment is ignored`;

/** What was typed of {@link settingsOptions}. */
export interface SettingsChoice {
  readonly local: boolean;
  readonly settings?: string | undefined;
}

/**
 * The file alone counts when one is given: keys of another account in the shell must not mix in.
 * @throws ConfigError for settings that are not valid, Error for a file that cannot be read.
 */
export async function settingsOf({ local, settings }: SettingsChoice, env: Terminal['env']): Promise<Config> {
  if (local && settings !== undefined) throw new Error('--local and --settings exclude each other');
  const file = local ? localSettingsFile(resolve(env.DATA_DIR ?? '.data')) : settings;
  if (file === undefined) return loadConfig(env);
  const read = await readSettings(file).catch(() => {
    throw new Error(
      local
        ? `there is no ${file}: start the fleet with npm start (and the same DATA_DIR), then try again`
        : `${file} cannot be read`,
    );
  });
  return loadConfig(read);
}

/** Says why the command could not even begin. */
export function complainOf(error: unknown, command: string, { complain }: Terminal): void {
  complain(`${command}: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof ConfigError) {
    complain(
      'Set them as for API and workers, or use --settings FILE (KEY=VALUE lines), or --local for the fleet of npm start.',
    );
  }
}
