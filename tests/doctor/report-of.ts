/** What the doctor says of some settings, ready to be compared. */
import { checkConnectivity } from '@wavefleet/cli/doctor/doctor.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { connectRedis } from '@wavefleet/platform/progress/redis.ts';

/** Settings by their environment names. */
export type Env = Record<string, string>;

export interface Report {
  readonly isWell: boolean;
  /** With `0 ms` for every duration. */
  readonly lines: readonly string[];
  /** All but the lines that say ok. */
  readonly bad: readonly string[];
  readonly summary: string;
}

/** Runs every check with these settings. */
export async function reportOf(env: Env, origin?: string): Promise<Report> {
  const printed: string[] = [];
  const isWell = await checkConnectivity({
    config: loadConfig(env),
    origin,
    print: (line) => void printed.push(line),
  });
  const lines = printed.map((line) => line.replace(/^(\S+) +\d+ ms {2}/, '$1 '));
  return {
    isWell,
    lines,
    bad: lines.slice(0, -1).filter((line) => !line.startsWith('ok ')),
    summary: lines.at(-1) ?? '',
  };
}

/** One Redis command, on a connection of its own. */
export async function redisCommand(url: string, command: string, ...args: string[]): Promise<unknown> {
  const { cache, close } = connectRedis(url, makeLog('test', 'silent'));
  try {
    await new Promise((resolve, reject) => cache.once('ready', resolve).once('error', reject));
    return await cache.call(command, ...args);
  } finally {
    close();
  }
}
