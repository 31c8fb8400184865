/** Where `npm start` notes the settings of the fleet it runs, so that other commands can talk to the same services. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { loadConfig } from './config.ts';

/** The file below DATA_DIR. It is there while the fleet runs. */
export function localSettingsFile(dataDir: string): string {
  return join(dataDir, 'settings.env');
}

/** What a shell takes as it is. */
const PLAIN = /^[\w@%+=:,./-]*$/;
/** A line, or several, as {@link lineOf} writes a value that is not plain. */
const QUOTED = /^(\w+)='((?:[^']|'\\'')*)'$/gm;

/** As shells read it, which take a bare `{"a":1}` for `{a:1}` and a bare `wavefleet <a@b.example>` for a redirection. */
function lineOf(name: string, value: string): string {
  return `${name}=${PLAIN.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`}\n`;
}

/**
 * Writes KEY=VALUE lines that a shell can read in (`. settings.env`), for its owner's eyes alone.
 * @param env what api and workers run with; what is no setting, such as PATH, is left out.
 */
export async function writeLocalSettings(dataDir: string, env: Record<string, string>): Promise<void> {
  const settings = new Set(Object.keys(loadConfig(env)));
  const lines = Object.entries(env).flatMap(([name, value]) =>
    settings.has(name) ? [lineOf(name, value)] : [],
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
  const text = await readFile(file, 'utf8');
  const quoted = [...text.matchAll(QUOTED)].map(
    ([, name = '', value = '']) => [name, value.replaceAll(`'\\''`, "'")] as const,
  );
  // Node's own reading ends a value at the first quote that is like its first.
  return { ...parseEnv(text.replaceAll(QUOTED, '')), ...Object.fromEntries(quoted) };
}
