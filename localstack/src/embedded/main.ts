/**
 * The stack as a process of its own: `node main.ts --data-dir .data/aws [--aws-port 4566] [--redis-port 6379]
 * [--region us-east-1]`; folder and port may also come as EMBEDDED_DATA_DIR and EMBEDDED_AWS_PORT. It takes the keys in
 * AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else it makes some. Prints one JSON line when it is up, with the keys that
 * it made, and sends the same over IPC. Ends on SIGTERM, SIGINT and when its parent is gone.
 */
import { parseArgs } from 'node:util';
import { DATA_IN_USE_EXIT_CODE, DataInUse, DataUnreadable } from './data-lock.ts';
import { startEmbeddedStack } from './stack.ts';
import { ensurePrograms, runQuietly } from './system-programs.ts';

const { PATH, EMBEDDED_DATA_DIR, EMBEDDED_AWS_PORT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
// What it keeps is for its own user's eyes.
process.umask(0o077);
const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string', default: EMBEDDED_DATA_DIR ?? '.data/aws' },
    'aws-port': { type: 'string', default: EMBEDDED_AWS_PORT ?? '0' },
    'redis-port': { type: 'string', default: '0' },
    region: { type: 'string', default: 'us-east-1' },
  },
});

ensurePrograms(['redis-server'], {
  path: PATH,
  isRoot: process.getuid?.() === 0,
  // stdout belongs to the one JSON line.
  say: (line) => console.error(line),
  run: runQuietly,
});
const given =
  AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY
    ? { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
    : undefined;
const stack = await startEmbeddedStack({
  keys: given,
  dataDir: values['data-dir'],
  ports: { aws: Number(values['aws-port']), redis: Number(values['redis-port']) },
  region: values.region,
  path: PATH,
  say: (line) => console.error(line),
}).catch((error: unknown) => {
  if (!(error instanceof DataInUse || error instanceof DataUnreadable)) throw error;
  console.error(error.message);
  process.exit(error instanceof DataInUse ? DATA_IN_USE_EXIT_CODE : 1);
});

let stopping = false;
async function end(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await stack.stop();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) {
  process.on(signal, () => void end());
}
// Where no setpriv ties redis-server to us, an uncaught error must still take it along.
process.on('exit', () => {
  if (!stopping) process.kill(stack.redisPid, 'SIGKILL');
});

const { endpointUrl, redisUrl, redisPid, keys } = stack;
const ready = { endpointUrl, redisUrl, redisPid, ...(given === undefined ? { keys } : {}) };
console.log(JSON.stringify(ready));
process.send?.(ready);
