/** A real redis-server as our child: nothing kept, at most 64 MB, gone when we are. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from './free-port.ts';
import { findProgram } from './system-programs.ts';

const START_LIMIT_MS = 10_000;

export interface RedisServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @param port 0 takes a free one. Resolves once the server answers PING. */
export async function startRedis(host: string, port: number, path: string | undefined): Promise<RedisServer> {
  const chosen = port === 0 ? await freePort(host) : port;
  const program = findProgram('redis-server', path) ?? 'redis-server';
  const argv = [program, '--bind', host, '--port', String(chosen), '--save', '', '--appendonly', 'no'];
  argv.push('--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru', '--daemonize', 'no');
  // Linux kills it with us even when we are killed ourselves; elsewhere `stop` and the exit hook must do.
  const setpriv = findProgram('setpriv', path);
  const [command = program, ...rest] =
    setpriv === undefined ? argv : [setpriv, '--pdeathsig', 'KILL', ...argv];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });

  let lastWords = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-2000);
    });
  }
  const exited = once(child, 'exit').then(
    () => new Error(`redis-server ended at its start: ${lastWords}`),
    (cause: unknown) => new Error('redis-server could not be started', { cause }),
  );
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const died = exited.then((error) => Promise.reject(error));
  died.catch(() => {});
  try {
    await Promise.race([died, answersPing(host, chosen)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://${host}:${chosen}`, pid: child.pid ?? 0, stop };
}

async function answersPing(host: string, port: number): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await ping(host, port))) {
    if (performance.now() > deadline) throw new Error(`redis-server on port ${port} does not answer PING`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function ping(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 }, () => socket.write('PING\r\n'));
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => settle(data.toString().startsWith('+PONG')));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
