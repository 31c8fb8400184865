/** The browser of the suite: the system's own Chromium or Chrome, installed where that needs no question. */
import { accessSync, constants } from 'node:fs';
import { ensurePrograms, findProgram, runQuietly } from '@wavefleet/localstack/embedded/system-programs.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const elsewhere = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/snap/bin/chromium',
];

/** `CHROMIUM_PATH` wins, then the PATH, then where installers put it. Undefined when there is none. */
function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH } = process.env;
  const onPath = names.map((name) => findProgram(name, PATH)).find((file) => file !== undefined);
  return CHROMIUM_PATH ?? onPath ?? elsewhere.find(isExecutable);
}

/**
 * Path of a Chromium; installs Debian's when we are root.
 * @throws Error whose message is the one command that the user has to run.
 */
export function requireChromium(): string {
  const found = findChromium();
  if (found !== undefined) return found;
  ensurePrograms(['chromium'], {
    path: process.env.PATH,
    isRoot: process.getuid?.() === 0,
    say: (line) => console.log(line),
    run: runQuietly,
  });
  const installed = findChromium();
  if (installed === undefined) throw new Error('Chromium was installed but is not on the PATH.');
  return installed;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
