/** Programs that npm cannot bring: found on the PATH, installed where that needs no question, else explained. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Which package of which manager brings a program. */
const PACKAGES: Record<string, Record<Manager, string>> = {
  ffmpeg: { apt: 'ffmpeg', dnf: 'ffmpeg-free', pacman: 'ffmpeg', brew: 'ffmpeg' },
  ffprobe: { apt: 'ffmpeg', dnf: 'ffmpeg-free', pacman: 'ffmpeg', brew: 'ffmpeg' },
  'redis-server': { apt: 'redis-server', dnf: 'redis', pacman: 'redis', brew: 'redis' },
};
type Manager = 'apt' | 'dnf' | 'pacman' | 'brew';

const MANAGERS: { name: Manager; program: string; install: string }[] = [
  { name: 'apt', program: 'apt-get', install: 'sudo apt-get install -y --no-install-recommends' },
  { name: 'dnf', program: 'dnf', install: 'sudo dnf install -y' },
  { name: 'pacman', program: 'pacman', install: 'sudo pacman -S --needed' },
  { name: 'brew', program: 'brew', install: 'brew install' },
];

export interface System {
  /** The PATH to search. */
  readonly path: string | undefined;
  readonly isRoot: boolean;
  /** One plain line for the user. */
  readonly say: (line: string) => void;
  /** Runs a command to its end; true when it succeeded. */
  readonly run: (command: string, args: string[]) => boolean;
}

/** Full path of a program, or undefined. */
export function findProgram(name: string, path: string | undefined): string | undefined {
  for (const folder of (path ?? '').split(delimiter).filter(Boolean)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {}
  }
  return undefined;
}

/**
 * Returns when all of them are there. Installs through apt-get when we are root.
 * @throws Error whose message is the one command that the user has to run.
 */
export function ensurePrograms(programs: string[], system: System): void {
  const missing = () => programs.filter((program) => findProgram(program, system.path) === undefined);
  const absent = missing();
  if (absent.length === 0) return;
  const manager = MANAGERS.find(({ program }) => findProgram(program, system.path) !== undefined);
  const packages = [
    ...new Set(absent.map((program) => PACKAGES[program]?.[manager?.name ?? 'apt'] ?? program)),
  ];

  if (manager?.name === 'apt' && system.isRoot) {
    system.say(`Installing ${packages.join(', ')} with apt-get (missing: ${absent.join(', ')}).`);
    const apt = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'];
    // When this fails, the list that is there may still be good enough to install from.
    system.run('env', [...apt, 'update']);
    system.run('env', [...apt, 'install', '-y', '--no-install-recommends', ...packages]);
    if (missing().length === 0) return;
  }
  const names = absent.join(', ');
  throw new Error(
    manager === undefined
      ? `Missing programs: ${names}. Install them with your system's package manager and start again.`
      : `Missing programs: ${names}. Install them with: ${manager.install} ${packages.join(' ')}`,
  );
}

/** Runs a command to its end; its output is dropped, its errors go to our stderr. */
export function runQuietly(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}
