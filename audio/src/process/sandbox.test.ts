/** The sandbox: its command lines, and what it does to real children. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { expect, test, vi } from 'vitest';
import { sandboxMeans } from './bounds.ts';
import { runChild } from './child.ts';
import { makeSandbox, uidOf } from './sandbox.ts';

const path = process.env.PATH ?? '';
const uid = process.getuid?.();
const limits = { memoryBytes: 2e9, fileBytes: 1e6, cpuSeconds: 10 };
const quietLog = makeLog('test', 'silent');

/** What the launcher is given: no link, which `sh` is almost everywhere. */
const shell = realpathSync('/usr/bin/sh');
/** Everything that is run works, but for what has that argument. */
const runs = (unless?: string, stdout = '') =>
  vi.fn((_: string, args: readonly string[]) => ({
    ok: unless === undefined || !args.includes(unless),
    stdout,
  }));
const folder = '/work/a.1.b';
const owner = String(uidOf({ uids: 'own' }, folder));

test('each folder has a uid of its own, far from those of people, always the same', () => {
  const uids = Array.from({ length: 1_000 }, (_, n) => uidOf({ uids: 'own' }, `/work/${n}`) ?? 0);
  expect(new Set(uids).size).toBe(1_000);
  expect([Math.min(...uids) >= 0x7000_0000, Math.max(...uids) < 0x7fff_ffff]).toEqual([true, true]);
  expect(uidOf({ uids: 'own' }, '/work/7/')).toBe(uids[7]);
});

test('with the launcher, as root: one step, a uid of its own, and the program by its path', () => {
  const log = { say: vi.fn() };
  const run = runs(undefined, '{"ownUid":true,"landlock":7,"chroot":true}');
  const sandbox = makeSandbox({ log, path: '/usr/bin', uid: 0, launcher: '/own/launch', program: 'sh', run });
  expect(sandbox.command('sh', ['-c', ':'], limits, folder)).toEqual({
    file: '/own/launch',
    args: [
      ...['--uid', owner, '--nproc', '1024', '--as', '2000000000', '--fsize', '1000000', '--cpu', '10', '--'],
      ...[shell, '-c', ':'],
    ],
    env: { PATH: '/usr/bin', LC_ALL: 'C' },
  });
  expect(sandbox.means).toEqual(sandboxMeans);
  expect(run.mock.calls.map(([, args]) => args.slice(-2))).toEqual([
    ['--', shell],
    [shell, '-version'],
  ]);
  expect(log.say).not.toHaveBeenCalled();
});

test('with the launcher, on a kernel without Landlock and namespaces: the filter is left, which is enough for silence', () => {
  const log = { say: vi.fn() };
  const run = runs(undefined, '{"ownUid":false,"landlock":0,"chroot":false}');
  const sandbox = makeSandbox({ log, path: '/usr/bin', uid: 1000, launcher: '/own/launch', run });
  expect(sandbox.command('/x/ffmpeg', [], limits, folder).args.slice(0, 2)).toEqual(['--nproc', '1024']);
  expect(sandbox.means).toEqual(['limits', 'deathSignal', 'noNewPrivileges', 'syscallFilter']);
  expect(log.say).not.toHaveBeenCalled();
});

test('a program that the launcher cannot run, such as a script, is run by the tools of the system, which is logged', () => {
  const log = { say: vi.fn() };
  const run = runs('-version', '{"ownUid":true,"landlock":7,"chroot":true}');
  const sandbox = makeSandbox({ log, path: '/usr/bin', uid: 0, launcher: '/own/launch', run });
  expect(sandbox.command('ffmpeg', [], limits, folder).file).toBe('/usr/bin/setpriv');
  const missing = ['syscallFilter', 'fileRules', 'emptyRoot'];
  expect(log.say.mock.calls).toEqual([['ffmpeg.weak-sandbox', { by: 'setpriv and prlimit', missing }]]);
});

test('without it, as root: death signal, other uid, limits, and an environment of two variables', () => {
  const sandbox = makeSandbox({ log: quietLog, path: '/usr/bin', uid: 0, run: runs() });
  expect(sandbox.command('ffmpeg', ['-version'], limits, folder)).toEqual({
    file: '/usr/bin/setpriv',
    args: [
      ...[
        '--pdeathsig',
        'KILL',
        '--no-new-privs',
        '--reuid',
        owner,
        '--regid',
        owner,
        '--clear-groups',
        '--',
      ],
      ...[
        '/usr/bin/prlimit',
        '--as=2000000000',
        '--fsize=1000000',
        '--cpu=10:11',
        '--nofile=256',
        '--core=0',
        '--nproc=1024',
        '--',
      ],
      ...['ffmpeg', '-version'],
    ],
    env: { PATH: '/usr/bin', LC_ALL: 'C' },
  });
  expect(sandbox.means).toEqual(['limits', 'deathSignal', 'noNewPrivileges', 'ownUid']);
});

test('as a user: same uid, and no process limit, which would count the processes of the user', () => {
  const sandbox = makeSandbox({ log: quietLog, path: '/usr/bin', uid: 1000, run: runs() });
  const { args } = sandbox.command('ffmpeg', [], limits, folder);
  expect(args.join(' ')).not.toMatch(/reuid|nproc/);
  expect(sandbox.means).toEqual(['limits', 'deathSignal', 'noNewPrivileges']);
});

test('without the tools there is no prefix, which is logged once', () => {
  const log = { say: vi.fn() };
  const sandbox = makeSandbox({ log, path: '/nowhere', uid: 0 });
  expect(sandbox.command('ffmpeg', ['-y'], limits, folder)).toMatchObject({ file: 'ffmpeg', args: ['-y'] });
  expect(log.say.mock.calls).toEqual([['ffmpeg.weak-sandbox', { by: 'nothing', missing: sandboxMeans }]]);
});

test('where only few uids are mapped, nobody’s is taken; where setuid is forbidden the rest of the sandbox is kept', () => {
  const few = makeSandbox({ log: quietLog, path: '/usr/bin', uid: 0, run: runs(String(0x7000_0000)) });
  expect(few.command('ffmpeg', [], limits, folder).args).toContain('65534');
  const none = makeSandbox({ log: quietLog, path: '/usr/bin', uid: 0, run: runs('--reuid') });
  expect(none.means).toEqual(['limits', 'deathSignal', 'noNewPrivileges']);
});

test('a child works in a folder whose parents it cannot enter, with our environment gone', async () => {
  const root = await mkdtemp(join(tmpdir(), 'wavefleet-sandbox-'));
  try {
    const cwd = join(root, 'closed', 'attempt');
    await mkdir(cwd, { recursive: true });
    await chmod(join(root, 'closed'), 0o700);
    await writeFile(join(cwd, 'in'), 'hello', { mode: 0o600 });
    const sandbox = makeSandbox({ log: quietLog, path, uid });
    await sandbox.prepareFolder(cwd);
    const end = await runChild(
      { cwd, sandbox, signal: new AbortController().signal, log: quietLog },
      {
        binary: 'sh',
        args: ['-c', 'cat in > out; id -u > uid; env > env; ulimit -n; cat ../../x 2>&1; true'],
        limits,
        totalSeconds: 10,
        stdoutBytes: 10_000,
      },
    );
    expect(end.stderr).toBe('');
    expect(await readFile(join(cwd, 'out'), 'utf8')).toBe('hello');
    expect((await stat(cwd)).mode & 0o777).toBe(0o700);
    if (sandbox.means.includes('limits')) expect(end.stdout.toString()).toMatch(/^256\n/);
    if (sandbox.means.includes('ownUid')) {
      expect((await readFile(join(cwd, 'uid'), 'utf8')).trim()).toBe(String(uidOf({ uids: 'own' }, cwd)));
      expect(end.stdout.toString()).toContain('Permission denied');
    }
    const variables = (await readFile(join(cwd, 'env'), 'utf8'))
      .split('\n')
      .map((line) => line.split('=')[0]);
    const bySh = ['PWD', 'OLDPWD', 'SHLVL', '_', ''];
    expect(variables.filter((name) => !bySh.includes(name ?? '')).sort()).toEqual(['LC_ALL', 'PATH']);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test.skipIf(process.platform !== 'linux')(
  'kill -9 of the Node parent kills ffmpeg',
  async () => {
    const script = `
    import { spawn } from 'node:child_process';
    import { makeSandbox } from ${JSON.stringify(import.meta.resolve('./sandbox.ts'))};
    const sandbox = makeSandbox({ log: { say() {} }, path: process.env.PATH, uid: process.getuid() });
    const args = ['-v', 'error', '-progress', 'pipe:1', '-re', '-f', 'lavfi', '-i', 'anullsrc', '-f', 'null', '-'];
    const command = sandbox.command('ffmpeg', args, { memoryBytes: 2e9, fileBytes: 1e6, cpuSeconds: 60 }, '/');
    const child = spawn(command.file, command.args, { env: command.env, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', () => console.log(child.pid));
  `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve, reject) => {
      parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
      parent.once('exit', () => reject(new Error('the parent ended early')));
    });
    expect(await isRunning(pid, 'ffmpeg')).toBe(true);
    parent.removeAllListeners('exit');
    parent.kill('SIGKILL');
    const deadline = performance.now() + 5_000;
    while ((await isRunning(pid, 'ffmpeg')) && performance.now() < deadline) await delay(20);
    expect(await isRunning(pid, 'ffmpeg')).toBe(false);
  },
  30_000,
);

/** A dead process that nobody has reaped yet (state Z) is not running. */
async function isRunning(pid: number, name: string): Promise<boolean> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return status.includes(`Name:\t${name}`) && !/^State:\s+[ZX]/m.test(status);
  } catch {
    return false; // gone
  }
}
