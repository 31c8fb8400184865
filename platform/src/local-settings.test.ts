/** The settings of a fleet that runs here, written down: read in by a shell and by us, they are the same. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requiredSettings } from './config.testing.ts';
import { localSettingsFile, readSettings, writeLocalSettings } from './local-settings.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-settings-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

const given = {
  ...requiredSettings,
  // As `npm start -- --auth` and docs/people.md have them.
  MAIL_FROM: 'wavefleet <noreply@wavefleet.test>',
  PUBLIC_URL: 'http://127.0.0.1:3000',
  PLANS: '{"free":{"minutesPerMonth":60}}',
  OIDC_LABEL: `Ana's #1, "for $HOME" \\ \`here\``,
  DROP_OWNERS: 'radio=account-7,\n archive',
};

test('a shell reads in what was written, and so do commands with --local', async () => {
  await writeLocalSettings(dir, given);
  const file = localSettingsFile(dir);
  const { stdout } = await promisify(execFile)('sh', ['-c', `set -a; . '${file}'; env -0`], {
    env: { PATH: process.env.PATH },
  });
  const inShell = stdout.split('\0').map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  expect(Object.fromEntries(inShell)).toMatchObject(given);
  expect(await readSettings(file)).toEqual(given);
  expect(await readFile(file, 'utf8')).toContain('\nPUBLIC_URL=http://127.0.0.1:3000\n');
});

test('files of others are read as Node reads them', async () => {
  const file = join(dir, 'my.env');
  await writeFile(file, `A='b c' # d\nexport E="f\\ng"\nH=i # j\n# K='l'\nM='n'\n`);
  expect(await readSettings(file)).toEqual({ A: 'b c', E: 'f\ng', H: 'i', M: 'n' });
});
