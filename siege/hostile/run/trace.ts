/** What FFmpeg opens and whom it calls, seen by strace from outside: the sandbox has no say in it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the traced FFmpegs did. */
export interface Traced {
  /** Runs of ffmpeg and ffprobe. */
  readonly runs: number;
  readonly sockets: number;
  /** Paths that are neither in the job's folder nor a library's. */
  readonly foreign: readonly string[];
}

/** What a program of this system reads before it has seen its input. */
const own =
  /^(\/lib|\/usr\/(local\/)?(lib|share\/(locale|zoneinfo|X11))|\/opt\/|\/etc\/(ld\.so|localtime|gcrypt|ssl\/openssl\.cnf|OpenCL|vdpau|libva)|\/sys\/(devices\/system\/(cpu|node)|fs\/cgroup|kernel\/mm)|\/dev\/(null|urandom|random|shm)|\/proc\/(cpuinfo|stat|meminfo|sys\/|filesystems|mounts|self\/(maps|status|cgroup|mountinfo|auxv|fd\b|task)))/;

/** Undefined where a process can be traced, else why not. */
export function untraceable(): string | undefined {
  const child = spawnSync('strace', ['-f', '-e', 'trace=none', 'true'], { stdio: 'ignore' });
  if (child.error !== undefined) return 'there is no strace';
  if (child.status !== 0) return 'strace may not trace here';
  return process.getuid?.() === 0 ? undefined : 'a process that runs already is traced by root alone';
}

export class Trace {
  readonly #tracers: readonly ChildProcess[];
  readonly #dir: string;

  private constructor(tracers: readonly ChildProcess[], dir: string) {
    this.#tracers = tracers;
    this.#dir = dir;
  }

  /** Follows the children of these processes from now on. */
  static async follow(pids: readonly number[]): Promise<Trace> {
    const dir = await mkdtemp(join(tmpdir(), 'wavefleet-trace-'));
    const tracers = pids.map((pid, index) =>
      spawn(
        'strace',
        [
          '-f',
          '-qq',
          '-s',
          '300',
          '-e',
          'trace=%network,open,openat,execve,execveat,clone,clone3,fork,vfork',
          '-o',
          join(dir, `${index}`),
          '-p',
          String(pid),
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      ),
    );
    // It says nothing when it has attached: the processes show it.
    await Promise.all(pids.map(untilTraced));
    return new Trace(tracers, dir);
  }

  /** Lets go of the processes, and says what was seen. */
  async end(): Promise<Traced> {
    const ended = this.#tracers.map((tracer) => once(tracer, 'close'));
    for (const tracer of this.#tracers) tracer.kill('SIGINT');
    await Promise.all(ended);
    const texts = await Promise.all(
      this.#tracers.map((_, index) => readFile(join(this.#dir, `${index}`), 'utf8')),
    );
    await rm(this.#dir, { recursive: true, force: true });
    return readTrace(texts.join('\n'));
  }
}

async function untilTraced(pid: number): Promise<void> {
  for (let looks = 0; looks < 200; looks += 1) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (!/^TracerPid:\s+0$/m.test(status)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`strace could not attach to ${pid}`);
}

/** Reads what strace wrote. */
export function readTrace(text: string): Traced {
  const watched = new Set<string>();
  const foreign = new Set<string>();
  let [runs, sockets] = [0, 0];
  for (const line of text.split('\n')) {
    const [, pid = '', call = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    // The launcher starts it by its folder and its name.
    const program = /^execve(?:at\(\d+, |\()"([^"]*)"/.exec(call)?.[1];
    if (program !== undefined && /(^|\/)ff(mpeg|probe)$/.test(program) && !/= -1 /.test(call)) {
      watched.add(pid);
      runs += 1;
      continue;
    }
    if (!watched.has(pid)) continue;
    const born = /^(?:<\.\.\. )?(?:clone3?|v?fork)\b.*\)\s+= (\d+)/.exec(call)?.[1];
    if (born !== undefined) watched.add(born);
    if (/^(socket|socketpair|connect|sendto|sendmsg|bind)\(/.test(call)) sockets += 1;
    const path = /^open(?:at)?\((?:[^"]*, )?"([^"]*)"/.exec(call)?.[1];
    if (path !== undefined && isForeign(path)) foreign.add(path);
  }
  return { runs, sockets, foreign: [...foreign] };
}

/** The job's folder is where FFmpeg is: what has no slash in front and does not leave it is inside. */
function isForeign(path: string): boolean {
  if (!path.startsWith('/')) return path.split('/').includes('..');
  return !own.test(path);
}
