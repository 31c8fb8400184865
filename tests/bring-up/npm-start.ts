/** `npm start` as its users have it: a process, its lines, and the processes that it brings up. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@wavefleet/client/client.ts';
import { until } from '@wavefleet/localstack/waiting.ts';

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+ · .* workers/g;

export interface Started {
  readonly process: ChildProcess;
  readonly client: Client;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

/** On a free port; resolves with the line that says where. @param settings on top of its own. */
export async function npmStart(dataDir: string, settings: Record<string, string> = {}): Promise<Started> {
  const child = spawn('npm', ['start', '--silent'], {
    cwd: join(import.meta.dirname, '..', '..'),
    env: { ...process.env, ...settings, PORT: '0', DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const output = () => text;
  await saysWhere(output, 1);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
  return { process: child, client: new Client(url), output, ended };
}

/** Until it has said for the nth time where it is. */
export async function saysWhere(output: () => string, times: number): Promise<void> {
  await until(`line ${times} that says where`, () => [...output().matchAll(ADDRESS)].length >= times, 60_000);
}

/** Ctrl-C reaches the whole group that runs in the terminal. */
export function ctrlC({ process: child }: Started): void {
  process.kill(-(child.pid ?? 0), 'SIGINT');
}

/** The id of the process that runs this entry file below `npm start`. */
export async function processOf({ process: child }: Started, entry: string): Promise<number> {
  const parents = new Map<number, number>();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // Its name, in brackets, may have spaces in it.
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === child.pid || isBelow(parents.get(pid)));
  for (const pid of pids.filter(isBelow)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').some((word) => word.endsWith(entry))) return pid;
  }
  throw new Error(`npm start runs no ${entry}`);
}
