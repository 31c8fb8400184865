/** What a child may do: another uid, limits, no environment, and no life after ours. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, lchown, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Log } from '@wavefleet/platform/log/log.ts';

/** uid and gid of `nobody`/`nogroup` on every Debian-like system; owns nothing. */
const SANDBOX_UID = 65_534;

/**
 * RLIMIT_NPROC counts every thread of the uid on the whole machine (in the user namespace), so it is set
 * only when the uid is `nobody`, and wide: FFmpeg 7 runs about 10 threads, so this holds some 100 at once.
 */
const MAX_PROCESSES = 1_024;

/** What a child may use up before the kernel stops it. */
export interface ResourceLimits {
  /** Address space in bytes (RLIMIT_AS). */
  readonly memoryBytes: number;
  /** The largest file the child may write, in bytes (RLIMIT_FSIZE): SIGXFSZ beyond. */
  readonly fileBytes: number;
  /** CPU seconds of all threads (RLIMIT_CPU): SIGXCPU beyond. */
  readonly cpuSeconds: number;
}

/** A command line that runs something in the sandbox. */
export interface SandboxCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment: nothing of ours (credentials, endpoints) reaches the child. */
  readonly env: { readonly PATH: string; readonly LC_ALL: 'C' };
}

/** The strongest sandbox that this machine allows. */
export interface Sandbox {
  /** Whether the child dies with us, whether it runs as another uid, and whether it is limited. */
  readonly powers: { readonly deathSignal: boolean; readonly dropsUid: boolean; readonly limits: boolean };
  /** The command line that runs `binary` with these limits. */
  command(binary: string, args: readonly string[], limits: ResourceLimits): SandboxCommand;
  /** Gives the attempt's folder (mode 0700) and the files in it to the uid that the child will have. */
  prepareFolder(path: string): Promise<void>;
}

/** Facts of this process, handed in by `main.ts`. */
export interface SandboxOptions {
  readonly log: Pick<Log, 'say'>;
  /** The PATH of this process: searched for the tools and handed to the child. */
  readonly path: string;
  /** `process.getuid()`, undefined where there is none. */
  readonly uid: number | undefined;
  /** Tells whether a command line runs; replaced in tests. */
  readonly works?: (file: string, args: readonly string[]) => boolean;
}

interface Prefix {
  readonly setpriv: string | undefined;
  readonly prlimit: string | undefined;
  readonly dropUid: boolean;
}

/**
 * Finds, once, the strongest prefix that really works here, by running `true` behind it: a container may
 * have the tools yet forbid setuid, and BusyBox's setpriv knows no death signal. Whatever is missing is
 * logged once, and children run without it.
 *
 * setpriv and prlimit exec in place, so the pid that we started is FFmpeg's own. The death signal is
 * needed because `kill -9` of Node otherwise leaves FFmpeg running as an orphan (measured). It is tied to
 * the parent THREAD: children must be started from the main thread.
 */
export function makeSandbox(options: SandboxOptions): Sandbox {
  const works = options.works ?? runsWell;
  const setpriv = findOnPath('setpriv', options.path);
  const prlimit = findOnPath('prlimit', options.path);
  const isRoot = options.uid === 0;
  const trial: ResourceLimits = { memoryBytes: 1e9, fileBytes: 1e6, cpuSeconds: 5 };

  const candidates: Prefix[] = [
    ...(setpriv && prlimit && isRoot ? [{ setpriv, prlimit, dropUid: true }] : []),
    ...(setpriv && isRoot ? [{ setpriv, prlimit: undefined, dropUid: true }] : []),
    ...(setpriv && prlimit ? [{ setpriv, prlimit, dropUid: false }] : []),
    ...(setpriv ? [{ setpriv, prlimit: undefined, dropUid: false }] : []),
    ...(prlimit ? [{ setpriv: undefined, prlimit, dropUid: false }] : []),
  ];
  const prefix = candidates.find((candidate) => {
    const [file = '', ...args] = [...prefixArgs(candidate, trial), 'true'];
    return works(file, args);
  }) ?? { setpriv: undefined, prlimit: undefined, dropUid: false };

  const powers = {
    deathSignal: prefix.setpriv !== undefined,
    dropsUid: prefix.dropUid,
    limits: prefix.prlimit !== undefined,
  };
  if (!powers.deathSignal || !powers.limits || (isRoot && !powers.dropsUid)) {
    options.log.say('ffmpeg.weak-sandbox', { powers, found: { setpriv, prlimit } });
  }

  return {
    powers,
    command(binary, args, limits) {
      const [file = binary, ...rest] = [...prefixArgs(prefix, limits), binary, ...args];
      return { file, args: rest, env: { PATH: options.path, LC_ALL: 'C' } };
    },
    async prepareFolder(path) {
      if (powers.dropsUid) {
        for (const name of await readdir(path)) await lchown(join(path, name), SANDBOX_UID, SANDBOX_UID);
        await lchown(path, SANDBOX_UID, SANDBOX_UID);
      }
      await chmod(path, 0o700);
    },
  };
}

function prefixArgs(prefix: Prefix, limits: ResourceLimits): string[] {
  const args: string[] = [];
  if (prefix.setpriv) {
    args.push(prefix.setpriv, '--pdeathsig', 'KILL', '--no-new-privs');
    if (prefix.dropUid) {
      args.push('--reuid', String(SANDBOX_UID), '--regid', String(SANDBOX_UID), '--clear-groups');
    }
    args.push('--');
  }
  if (prefix.prlimit) {
    args.push(
      prefix.prlimit,
      `--as=${Math.ceil(limits.memoryBytes)}`,
      `--fsize=${Math.ceil(limits.fileBytes)}`,
      // One second more for the hard limit: where both are the same, the kernel kills and nothing tells why.
      `--cpu=${Math.ceil(limits.cpuSeconds)}:${Math.ceil(limits.cpuSeconds) + 1}`,
      '--core=0',
      ...(prefix.dropUid ? [`--nproc=${MAX_PROCESSES}`] : []),
      '--',
    );
  }
  return args;
}

function findOnPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false; // not there: look in the next folder
      }
    });
}

function runsWell(file: string, args: readonly string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}
