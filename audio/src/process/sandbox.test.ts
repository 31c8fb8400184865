/** The sandbox: its command lines, and what it does to real children. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { expect, test, vi } from 'vitest';
import { runChild } from './child.ts';
import { makeSandbox } from './sandbox.ts';

const path = process.env.PATH ?? '';
const uid = process.getuid?.();
const limits = { memoryBytes: 2e9, fileBytes: 1e6, cpuSeconds: 10 };
const quietLog = makeLog('test', 'silent');

test('as root: death signal, other uid, limits, and an environment of two variables', () => {
  const log = { say: vi.fn() };
  const sandbox = makeSandbox({ log, path: '/usr/bin', uid: 0, works: () => true });
  expect(sandbox.command('ffmpeg', ['-version'], limits)).toEqual({
    file: '/usr/bin/setpriv',
    args: [
      ...[
        '--pdeathsig',
        'KILL',
        '--no-new-privs',
        '--reuid',
        '65534',
        '--regid',
        '65534',
        '--clear-groups',
        '--',
      ],
      ...[
        '/usr/bin/prlimit',
        '--as=2000000000',
        '--fsize=1000000',
        '--cpu=10:11',
        '--core=0',
        '--nproc=1024',
        '--',
      ],
      ...['ffmpeg', '-version'],
    ],
    env: { PATH: '/usr/bin', LC_ALL: 'C' },
  });
  expect(log.say).not.toHaveBeenCalled();
});

test('as a user: same uid, and no process limit, which would count the processes of the user', () => {
  const sandbox = makeSandbox({ log: quietLog, path: '/usr/bin', uid: 1000, works: () => true });
  const { args } = sandbox.command('ffmpeg', [], limits);
  expect(args.join(' ')).not.toMatch(/reuid|nproc/);
  expect(sandbox.powers).toEqual({ deathSignal: true, dropsUid: false, limits: true });
});

test('without the tools there is no prefix, which is logged once', () => {
  const log = { say: vi.fn() };
  const sandbox = makeSandbox({ log, path: '/nowhere', uid: 0 });
  expect(sandbox.command('ffmpeg', ['-y'], limits)).toMatchObject({ file: 'ffmpeg', args: ['-y'] });
  expect(log.say).toHaveBeenCalledTimes(1);
});

test('where setuid is forbidden the rest of the sandbox is kept', () => {
  const log = { say: vi.fn() };
  const works = (_: string, args: readonly string[]) => !args.includes('--reuid');
  const sandbox = makeSandbox({ log, path: '/usr/bin', uid: 0, works });
  expect(sandbox.powers).toEqual({ deathSignal: true, dropsUid: false, limits: true });
  expect(log.say).toHaveBeenCalledTimes(1);
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
        args: ['-c', 'cat in > out; id -u > uid; env > env; ulimit -f; cat ../../x 2>&1; true'],
        limits,
        totalSeconds: 10,
        stdoutBytes: 10_000,
      },
    );
    expect(end.stderr).toBe('');
    expect(await readFile(join(cwd, 'out'), 'utf8')).toBe('hello');
    expect((await stat(cwd)).mode & 0o777).toBe(0o700);
    if (sandbox.powers.dropsUid) {
      expect((await readFile(join(cwd, 'uid'), 'utf8')).trim()).toBe('65534');
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
    const sandbox = makeSandbox({ log: { warn() {} }, path: process.env.PATH, uid: process.getuid() });
    const args = ['-v', 'error', '-progress', 'pipe:1', '-re', '-f', 'lavfi', '-i', 'anullsrc', '-f', 'null', '-'];
    const command = sandbox.command('ffmpeg', args, { memoryBytes: 2e9, fileBytes: 1e6, cpuSeconds: 60 });
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
