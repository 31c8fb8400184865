/** The whole outside world on one machine: S3, SQS, DynamoDB and EventBridge behind one URL, and Redis. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AccessKeys, randomKeys } from './access-keys.ts';
import { lockData } from './data-lock.ts';
import { startDynamo } from './dynamo.ts';
import { EventBridge } from './event-bridge.ts';
import { loadFauxqs } from './fauxqs.ts';
import { startFront } from './front.ts';
import { Gate } from './gate.ts';
import { startRedis } from './redis.ts';
import { S3Router } from './s3/router.ts';
import { mendSqs } from './sqs-mends.ts';

export interface StackOptions {
  /** S3 objects and tables are kept here. Queues, rules and Redis are not. One stack at a time may use it. */
  readonly dataDir: string;
  /** Loopback unless said otherwise. Redis does not check who asks. */
  readonly host?: string;
  /** 0 takes a free port. */
  readonly ports?: { readonly aws?: number; readonly redis?: number };
  readonly region?: string;
  /** Whoever has these may do everything. Default: made up. */
  readonly keys?: AccessKeys | undefined;
  /** Where redis-server is looked for; main.ts files pass `process.env.PATH`. */
  readonly path?: string | undefined;
  /** Told of what in `dataDir` is not as it should be. Default: nobody. */
  readonly say?: (line: string) => void;
}

export interface EmbeddedStack {
  /** The AWS_ENDPOINT_URL of every client. */
  readonly endpointUrl: string;
  readonly keys: AccessKeys;
  readonly redisUrl: string;
  readonly redisPid: number;
  stop(): Promise<void>;
}

/** @throws DataInUse when another process has `dataDir`, DataUnreadable when it cannot be opened. */
export async function startEmbeddedStack(options: StackOptions): Promise<EmbeddedStack> {
  const {
    dataDir,
    host = '127.0.0.1',
    ports = {},
    region = 'us-east-1',
    path,
    keys = randomKeys(),
    say = () => {},
  } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    undo.push(await lockData(dataDir));
    const redis = await startRedis(host, ports.redis ?? 0, path);
    undo.push(() => redis.stop());
    const dynamo = await startDynamo(dataDir);
    undo.push(() => dynamo.close());
    const fauxqs = await loadFauxqs(region);
    mendSqs(fauxqs);
    const s3 = new S3Router(join(dataDir, 's3'), fauxqs, region, say);
    await fauxqs.app.ready();
    const events = new EventBridge(region, fauxqs.send);
    const gate = new Gate(keys, s3, host);
    const front = await startFront({ fauxqs: fauxqs.app, dynamo, events, s3, gate }, host, ports.aws ?? 0);
    // Together: closing the app ends the long polls that the front waits for.
    undo.push(() => Promise.all([front.stop(), fauxqs.app.close()]));
    return { endpointUrl: front.url, keys, redisUrl: redis.url, redisPid: redis.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
