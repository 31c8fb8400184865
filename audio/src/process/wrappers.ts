/** The programs that stand in front of FFmpeg and hold it in: our own launcher, or what Linux systems bring along. */
import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import type { ResourceLimits, SandboxMean } from './bounds.ts';
import type { Run } from './run-to-end.ts';

/** One way to start a child. */
export interface Wrapper {
  readonly name: 'launcher' | 'setpriv and prlimit' | 'setpriv' | 'prlimit';
  /** Whose uid children have: one for each attempt, that of `nobody`, or ours. */
  readonly uids: 'own' | 'nobody' | 'ours';
  /** What goes before the program and its arguments. */
  prefix(limits: ResourceLimits, uid: number | undefined): string[];
  /** Runs it: what it brings, undefined when it does not work here. */
  tried(): readonly SandboxMean[] | undefined;
}

/** What there is to choose from. */
export interface WrapperSearch {
  readonly path: string;
  readonly isRoot: boolean;
  readonly launcher: string | undefined;
  /** Tried behind the launcher. */
  readonly program: string;
  readonly run: Run;
}

/**
 * RLIMIT_NPROC counts every thread of the uid on the whole machine (in the user namespace), so it is set only where
 * the uid is not ours, and wide: FFmpeg 7 runs about 10 threads.
 */
const MAX_PROCESSES = 1_024;
/** As in `audio/sandbox/launch.c`: Node has as many as the system gives, and hands that on. */
const MAX_DESCRIPTORS = 256;
/** A uid to try with: the first of those that attempts get, or of nobody. */
const trialUids = { own: 0x7000_0000, nobody: 65_534, ours: undefined } as const;
const trial: ResourceLimits = { memoryBytes: 2e9, fileBytes: 1e6, cpuSeconds: 5 };

/** Every wrapper that might work, the strongest first. */
export function wrappersOf(search: WrapperSearch): Wrapper[] {
  const kinds = search.isRoot ? (['own', 'nobody', 'ours'] as const) : (['ours'] as const);
  const setpriv = findOnPath('setpriv', search.path);
  const prlimit = findOnPath('prlimit', search.path);
  const tools = [
    ...(setpriv && prlimit ? [{ setpriv, prlimit }] : []),
    ...(setpriv ? [{ setpriv, prlimit: undefined }] : []),
  ];
  return [
    ...kinds.flatMap((uids) =>
      search.launcher === undefined ? [] : [launcher(search, search.launcher, uids)],
    ),
    ...tools.flatMap((found) => kinds.map((uids) => systemTools(search, found, uids))),
    ...(prlimit ? [systemTools(search, { setpriv: undefined, prlimit }, 'ours')] : []),
  ];
}

/** What `launch --check` answers. */
const checkSchema = z.object({ landlock: z.int().nonnegative(), chroot: z.boolean() });

/** `audio/sandbox/launch.c`, which does everything in one step. */
function launcher(search: WrapperSearch, launch: string, uids: Wrapper['uids']): Wrapper {
  const prefix: Wrapper['prefix'] = (limits, uid) => [
    launch,
    ...(uid === undefined ? [] : ['--uid', String(uid)]),
    ...['--nproc', String(MAX_PROCESSES)],
    ...['--as', String(Math.ceil(limits.memoryBytes))],
    ...['--fsize', String(Math.ceil(limits.fileBytes))],
    ...['--cpu', String(Math.ceil(limits.cpuSeconds)), '--'],
  ];
  return {
    name: 'launcher',
    uids,
    prefix,
    tried() {
      const program = programOf(search.program, search.path);
      const [file = launch, ...args] = prefix(trial, trialUids[uids]);
      const check = search.run(file, ['--check', ...args, program]);
      // The program itself, too: it may be a script, or want something that it does not get.
      if (!check.ok || !search.run(file, [...args, program, '-version']).ok) return undefined;
      const { landlock, chroot } = checkSchema.parse(JSON.parse(check.stdout));
      return [
        ...(['limits', 'deathSignal', 'noNewPrivileges'] as const),
        ...(uids === 'own' ? (['ownUid'] as const) : []),
        'syscallFilter',
        ...(landlock > 0 ? (['fileRules'] as const) : []),
        ...(chroot ? (['emptyRoot'] as const) : []),
      ];
    },
  };
}

/** util-linux: another uid and limits, and nothing against what a program may ask of the kernel. */
function systemTools(
  search: WrapperSearch,
  tools: { readonly setpriv: string | undefined; readonly prlimit: string | undefined },
  uids: Wrapper['uids'],
): Wrapper {
  const prefix: Wrapper['prefix'] = (limits, uid) => [
    ...(tools.setpriv === undefined ? [] : setprivArgs(tools.setpriv, uid)),
    ...(tools.prlimit === undefined ? [] : prlimitArgs(tools.prlimit, limits, uid)),
  ];
  return {
    name:
      tools.setpriv === undefined
        ? 'prlimit'
        : tools.prlimit === undefined
          ? 'setpriv'
          : 'setpriv and prlimit',
    uids,
    prefix,
    tried() {
      const [file = '', ...args] = [...prefix(trial, trialUids[uids]), 'true'];
      if (!search.run(file, args).ok) return undefined;
      return [
        ...(tools.prlimit === undefined ? [] : (['limits'] as const)),
        ...(tools.setpriv === undefined ? [] : (['deathSignal', 'noNewPrivileges'] as const)),
        ...(uids === 'own' ? (['ownUid'] as const) : []),
      ];
    },
  };
}

function setprivArgs(setpriv: string, uid: number | undefined): string[] {
  const other = uid === undefined ? [] : ['--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
  return [setpriv, '--pdeathsig', 'KILL', '--no-new-privs', ...other, '--'];
}

function prlimitArgs(prlimit: string, limits: ResourceLimits, uid: number | undefined): string[] {
  return [
    prlimit,
    `--as=${Math.ceil(limits.memoryBytes)}`,
    `--fsize=${Math.ceil(limits.fileBytes)}`,
    // One second more for the hard limit: where both are the same, the kernel kills and nothing tells why.
    `--cpu=${Math.ceil(limits.cpuSeconds)}:${Math.ceil(limits.cpuSeconds) + 1}`,
    `--nofile=${MAX_DESCRIPTORS}`,
    '--core=0',
    ...(uid === undefined ? [] : [`--nproc=${MAX_PROCESSES}`]),
    '--',
  ];
}

/** What the launcher is to run: it searches for nothing and follows no link. As it is when it is not there. */
export function programOf(binary: string, path: string): string {
  const found = binary.includes('/') ? binary : findOnPath(binary, path);
  try {
    return found === undefined ? binary : realpathSync(found);
  } catch {
    return binary; // not there: whoever starts it says so
  }
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
