/**
 * A hostile program in FFmpeg's place: what it tries, in the sandbox of a worker on this machine, and what it is granted.
 * Around it stands what it would like to reach: a worker with secrets in its environment, the file of another attempt
 * and the process that reads it, files of the fleet, a service that listens.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxMean } from '@wavefleet/audio/process/bounds.ts';
import { makeSandbox, type Sandbox } from '@wavefleet/audio/process/sandbox.ts';
import { buildLauncher } from '@wavefleet/localstack/launcher-build.ts';
import { execa } from 'execa';
import { z } from 'zod';

/** One thing that was tried. */
interface Attempt {
  readonly name: string;
  readonly refused: boolean;
  /** What the kernel said, if anything. */
  readonly why: string;
}

/** All of them, and what the sandbox says that it consists of. */
export interface Attempts {
  readonly means: readonly SandboxMean[];
  readonly attempts: readonly Attempt[];
}

/** How to try. */
export interface AttemptOptions {
  /** The launcher. Default: it is built for this. `none`: the tools of the system, which refuse less. */
  readonly launcher?: string | undefined;
  /** The hostile program. Default: it is compiled for this. */
  readonly program?: string | undefined;
  /** The uid that we are. */
  readonly uid: number | undefined;
}

const limits = { memoryBytes: 2e9, fileBytes: 1e6, cpuSeconds: 1 };

/**
 * Tries everything. Takes about two seconds, of which one is processor time that the sandbox is to bound.
 * @throws Error where there is no compiler and one is needed, and where it would be tried as root with nothing in between.
 */
export async function attempts(options: AttemptOptions): Promise<Attempts> {
  const root = await mkdtemp(join(tmpdir(), 'wavefleet-hostile-'));
  try {
    await chmod(root, 0o711);
    const hostile = options.program ?? (await buildHostile(join(root, 'hostile')));
    const launcher = options.launcher ?? (await buildLauncher(join(root, 'launch')));
    const sandbox = makeSandbox({
      log: { say: () => undefined },
      path: process.env.PATH ?? '',
      uid: options.uid,
      launcher: launcher === 'none' ? undefined : launcher,
      program: hostile,
    });
    if (options.uid === 0 && !sandbox.means.includes('ownUid'))
      throw new Error('not as root without a sandbox');
    return { means: sandbox.means, attempts: await tryEverything(root, hostile, sandbox) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Compiles the hostile program, of which any Linux of this kind of machine can run it. @throws execa's error. */
export async function buildHostile(path: string): Promise<string> {
  const source = join(import.meta.dirname, 'hostile.c');
  await execa('cc', ['-O1', '-static', '-pthread', '-w', '-o', path, source]);
  return path;
}

async function tryEverything(root: string, hostile: string, sandbox: Sandbox): Promise<Attempt[]> {
  const surroundings = await Surroundings.make(root, hostile, sandbox);
  try {
    const { neighbourPid, foreign, neighboursFile, port, unixSocket } = surroundings;
    const targets = [String(neighbourPid), foreign, neighboursFile, String(port), unixSocket];
    const tried = await run(hostile, ['try', String(process.pid), ...targets], sandbox, surroundings.folder);
    const lines = tried.stdout.split('\n').filter((line) => line !== '');
    if (lines.length < 100) throw new Error(`the hostile program broke off: ${tried.stdout} ${tried.stderr}`);
    const ends = await Promise.all(
      fatal.map(async ([name, how, endings]) => {
        const { end, stderr } = await run(hostile, [how], sandbox, surroundings.folder);
        return { name, refused: endings.includes(end), why: `${end} ${stderr}`.trim() };
      }),
    );
    return [...lines.map(attemptOf), ...ends, ...(await surroundings.afterwards())];
  } finally {
    await surroundings.remove();
  }
}

/** What the program does not survive where it works or where it does not: how it ends when it was refused. */
const fatal: readonly (readonly [string, string, readonly string[]])[] = [
  ['another program', 'exec', ['exit 3']],
  ['another program, by a guess where the name of the first one lay', 'guess-exec', ['SIGSYS']],
  ['system calls of another machine', 'old-syscalls', ['SIGSYS']],
  ['more processor time than it was given', 'burn', ['SIGXCPU', 'SIGKILL']],
];

const lineSchema = z.tuple([z.string(), z.enum(['refused', 'GRANTED']), z.string()]);

function attemptOf(line: string): Attempt {
  const [name, answer, why] = lineSchema.parse(line.split('\t'));
  return { name, refused: answer === 'refused', why };
}

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** The signal's name, or `exit` and the code. */
  readonly end: string;
}

/** As the worker starts FFmpeg, with one descriptor and some variables more, which must not arrive. */
async function run(program: string, args: string[], sandbox: Sandbox, folder: string): Promise<Ended> {
  const command = sandbox.command(program, args, limits, folder);
  const child = spawn(command.file, command.args, {
    cwd: folder,
    env: { ...command.env, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/secret' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    // Of what is granted something may hang.
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code, signal] = z
    .tuple([z.int().nullable(), z.string().nullable()])
    .parse(await once(child, 'close'));
  return { stdout, stderr, end: signal ?? `exit ${code}` };
}

/** What there is to be reached. */
class Surroundings {
  readonly folder: string;
  readonly foreign: string;
  readonly neighboursFile: string;
  readonly unixSocket: string;
  readonly #servers: readonly Server[];
  readonly #neighbour: ChildProcess;
  #connections = 0;

  private constructor(root: string, servers: readonly Server[], neighbour: ChildProcess) {
    this.folder = join(root, 'work', 'attempt');
    this.foreign = join(root, 'object');
    this.neighboursFile = join(root, 'work', 'neighbour', 'in');
    this.unixSocket = join(root, 'socket');
    this.#servers = servers;
    this.#neighbour = neighbour;
    for (const server of servers)
      server.on('connection', (socket) => {
        this.#connections++;
        socket.destroy();
      });
  }

  static async make(root: string, hostile: string, sandbox: Sandbox): Promise<Surroundings> {
    for (const name of ['attempt', 'neighbour']) {
      const folder = join(root, 'work', name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'in'), 'a source');
      await sandbox.prepareFolder(folder);
    }
    await writeFile(join(root, 'object'), 'an object', { mode: 0o644 });
    const [tcp, local] = [createServer(), createServer()];
    await once(tcp.listen(0, '127.0.0.1'), 'listening');
    await once(local.listen(join(root, 'socket')), 'listening');
    await chmod(join(root, 'socket'), 0o777);
    // Runs as FFmpeg of another attempt does, and does nothing: its processor time is not bounded by the second of others.
    const folder = join(root, 'work', 'neighbour');
    const command = sandbox.command(hostile, ['wait'], { ...limits, cpuSeconds: 60 }, folder);
    const neighbour = spawn(command.file, command.args, {
      cwd: folder,
      env: command.env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(neighbour.stdout, 'data');
    return new Surroundings(root, [tcp, local], neighbour);
  }

  get neighbourPid(): number {
    return this.#neighbour.pid ?? -1;
  }

  get port(): number {
    const address = this.#servers[0]?.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** What is seen from here: whatever the program said of itself. */
  async afterwards(): Promise<Attempt[]> {
    const isAlive = this.#neighbour.exitCode === null && this.#neighbour.signalCode === null;
    return [
      { name: 'seen from outside: a connection', refused: this.#connections === 0, why: '' },
      { name: 'seen from outside: another attempt ended', refused: isAlive, why: '' },
    ];
  }

  async remove(): Promise<void> {
    this.#neighbour.kill('SIGKILL');
    // Where it was granted, and what removes it was not.
    for (const folder of ['/tmp', '/dev/shm'])
      await rm(join(folder, `wavefleet-hostile.${process.pid}`), { force: true });
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
