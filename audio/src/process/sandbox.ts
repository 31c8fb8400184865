/** What a child may do: nothing but its work, on its folder, within limits, and not longer than we live. */
import { createHash } from 'node:crypto';
import { chmod, lchown, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Log } from '@wavefleet/platform/log/log.ts';
import { type ResourceLimits, type SandboxMean, sandboxMeans } from './bounds.ts';
import { type Run, runToEnd } from './run-to-end.ts';
import { programOf, type Wrapper, type WrapperSearch, wrappersOf } from './wrappers.ts';

/** A command line that runs something in the sandbox. */
export interface SandboxCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment: nothing of ours (credentials, endpoints) reaches the child. */
  readonly env: { readonly PATH: string; readonly LC_ALL: 'C' };
}

/** The strongest sandbox that this machine allows. */
export interface Sandbox {
  /** Which means hold. */
  readonly means: readonly SandboxMean[];
  /** The command line that runs `binary` with these limits, with the attempt's folder as its working directory. */
  command(binary: string, args: readonly string[], limits: ResourceLimits, folder: string): SandboxCommand;
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
  /** The launcher that `audio/sandbox/build.sh` makes. Default: setpriv and prlimit of the system. */
  readonly launcher?: string | undefined;
  /** What will run in the sandbox, tried in it with `-version`. Default: `true`. */
  readonly program?: string;
  /** Runs a command line to its end; replaced in tests. */
  readonly run?: Run;
}

/**
 * Finds, once, the strongest wrapper that really works here, by running a program behind it: a container may have the
 * tools yet forbid setuid, the program may be a script that needs more than the launcher grants, and BusyBox's setpriv
 * knows no death signal. Where the gap is a wide one it is logged, and children run without.
 *
 * Wrappers exec in place, so the pid that we started is FFmpeg's own. The death signal is needed because `kill -9` of
 * Node otherwise leaves FFmpeg running as an orphan (measured). It is tied to the parent THREAD: children must be started
 * from the main thread.
 */
export function makeSandbox(options: SandboxOptions): Sandbox {
  const { path, uid, launcher, program = 'true', run = runToEnd } = options;
  const search: WrapperSearch = { path, isRoot: uid === 0, launcher, program, run };
  const { wrapper, means } = strongestOf(search);
  const missing = sandboxMeans.filter((mean) => !means.includes(mean));
  const isWeak = missing.some((mean) => (mean === 'ownUid' ? uid === 0 : serious.has(mean)));
  if (isWeak) options.log.say('ffmpeg.weak-sandbox', { by: wrapper?.name ?? 'nothing', missing });

  return {
    means,
    command(binary, args, limits, folder) {
      const prefix = wrapper?.prefix(limits, uidOf(wrapper, folder)) ?? [];
      const found = wrapper?.name === 'launcher' ? programOf(binary, path) : binary;
      const [file = found, ...rest] = [...prefix, found, ...args];
      return { file, args: rest, env: { PATH: path, LC_ALL: 'C' } };
    },
    async prepareFolder(folder) {
      const owner = uidOf(wrapper, folder);
      if (owner !== undefined) {
        for (const name of await readdir(folder)) await lchown(`${folder}/${name}`, owner, owner);
        await lchown(folder, owner, owner);
      }
      await chmod(folder, 0o700);
    },
  };
}

/** Without these a decoder that was taken over, or that merely runs wild, reaches what is around it. */
const serious: ReadonlySet<SandboxMean> = new Set([
  'limits',
  'deathSignal',
  'noNewPrivileges',
  'syscallFilter',
]);

/** The first that works, and what it brings; none where none does. */
function strongestOf(search: WrapperSearch): { wrapper?: Wrapper; means: readonly SandboxMean[] } {
  for (const wrapper of wrappersOf(search)) {
    const means = wrapper.tried();
    if (means !== undefined) return { wrapper, means };
  }
  return { means: [] };
}

/** uid and gid of `nobody`/`nogroup` on every Debian-like system; owns nothing. */
const NOBODY = 65_534;
/** Far from the users of the system, of its containers and of systemd (systemd.io/UIDS-GIDS: from 0x70000000 free). */
const FIRST_OF_ATTEMPTS = 0x7000_0000;
const UIDS = 0x0fff_0000;

/**
 * The uid of the children in that folder. Folders of attempts have names of their own, on all machines, so that no list
 * has to be kept of who has which.
 */
export function uidOf(wrapper: Pick<Wrapper, 'uids'> | undefined, folder: string): number | undefined {
  if (wrapper === undefined || wrapper.uids === 'ours') return undefined;
  if (wrapper.uids === 'nobody') return NOBODY;
  const sum = createHash('sha256').update(resolve(folder)).digest();
  return FIRST_OF_ATTEMPTS + (sum.readUInt32BE(0) % UIDS);
}
