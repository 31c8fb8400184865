/** Where `npm start` notes the settings of the fleet it runs, so that other commands can talk to the same services. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { loadConfig } from './config.ts';

/** The file below DATA_DIR. It is there while the fleet runs. */
export function localSettingsFile(dataDir: string): string {
  return join(dataDir, 'settings.env');
}

/**
 * Writes KEY=VALUE lines, for its owner's eyes alone.
 * @param env what api and workers run with; what is no setting, such as PATH, is left out.
 */
export async function writeLocalSettings(dataDir: string, env: Record<string, string>): Promise<void> {
  const settings = new Set(Object.keys(loadConfig(env)));
  const lines = Object.entries(env).flatMap(([name, value]) =>
    settings.has(name) ? [`${name}=${value}\n`] : [],
  );
  const file = localSettingsFile(dataDir);
  // `mode` counts only for a file that is made.
  await rm(file, { force: true });
  await writeFile(file, lines.join(''), { mode: 0o600 });
}

export async function removeLocalSettings(dataDir: string): Promise<void> {
  await rm(localSettingsFile(dataDir), { force: true });
}

/** Settings from a file of KEY=VALUE lines, as `npm start` writes it and `npm run provision` prints it. */
export async function readSettings(file: string): Promise<Record<string, string | undefined>> {
  return parseEnv(await readFile(file, 'utf8'));
}
