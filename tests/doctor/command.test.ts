/** `wavefleet doctor` as a process: which settings it takes, and its exit codes. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  localSettingsFile,
  removeLocalSettings,
  writeLocalSettings,
} from '@wavefleet/platform/local-settings.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provisioned, type Services, startServices } from '../bring-up/services.ts';
import type { Env } from './report-of.ts';

let services: Services;
let env: Env;
let dir: string;
beforeAll(async () => {
  services = await startServices();
  env = await provisioned(services);
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-connectivity-'));
});
afterAll(async () => {
  await services.stop();
  await rm(dir, { recursive: true, force: true });
});

/** The command as npx runs it, with nothing in its environment but `settings` and a way to Node. */
async function command(args: string[], settings: Env) {
  const child = spawn(join(import.meta.dirname, '..', '..', 'cli', 'src', 'main.ts'), ['doctor', ...args], {
    env: { ...settings, PATH: dirname(process.execPath) },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = out.trimEnd().split('\n');
  return { code, out, err, failed: lines.filter((line) => /\bFAIL\b/.test(line)), last: lines.at(-1) };
}

test('settings from the environment: 0 when all is well, 1 when something fails', async () => {
  expect(await command([], env)).toMatchObject({
    failed: [],
    code: 0,
    err: '',
    last: 'connectivity: 44 ok, 0 warnings, 0 failed',
  });
  expect(await command([], { ...env, EVENT_BUS: 'nowhere' })).toMatchObject({
    code: 1,
    last: 'connectivity: 41 ok, 0 warnings, 1 failed, 2 not run',
  });
});

test('missing settings are all listed at once, without any value', async () => {
  const { code, out, err } = await command([], {
    S3_BUCKET: 'geheim-1',
    AWS_SECRET_ACCESS_KEY: 'geheim-2',
    REDIS_URL: 'geheim-3',
  });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('connectivity: The settings are not valid:\n  - JOBS_TABLE: is not set\n');
  expect(err).toContain(
    '  - NOTICES_DLQ_URL: is not set\n  - REDIS_URL: expected a redis:// or rediss:// URL\n',
  );
  expect(err).not.toContain('geheim');
});

test('--local reads what npm start noted, for its owner alone, and nothing of the shell', async () => {
  await writeLocalSettings(dir, { ...env, PATH: '/secret/path', PORT: '3123' });
  expect((await stat(localSettingsFile(dir))).mode & 0o777).toBe(0o600);
  const shell = { DATA_DIR: dir, S3_BUCKET: 'of-the-shell', AWS_SESSION_TOKEN: 'of-the-shell' };
  const { code, out } = await command(['--local'], shell);
  expect(code).toBe(0);
  expect(out).toContain('S3 wavefleet-audio: CORS for http://127.0.0.1:3123\n');

  expect(await command(['--settings', localSettingsFile(dir)], shell)).toMatchObject({ code: 0 });
  await removeLocalSettings(dir);
  const gone = await command(['--local'], shell);
  expect(gone.code).toBe(2);
  expect(gone.err).toBe(
    `connectivity: there is no ${localSettingsFile(dir)}: start the fleet with npm start (and the same DATA_DIR), then try again\n`,
  );
});

test.each([
  [['--origin', 'https://audio.example/page'], '--origin: expected only scheme, host and port'],
  [['--local', '--settings', 'x'], '--local and --settings exclude each other'],
  [['--nonsense'], "Unknown option '--nonsense'"],
])('%s is refused', async (args, said) => {
  const { code, err } = await command(args, env);
  expect(code).toBe(2);
  expect(err).toContain(said);
});
