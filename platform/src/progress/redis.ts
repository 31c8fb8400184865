/** Redis, which may be down, slow or empty at any time: nothing that must be right depends on it. */
import type { Redis } from 'ioredis';
import type { AwsClients } from '../aws/clients.ts';
import { backoffMs } from '../backoff.ts';
import type { Config } from '../config.ts';
import { withoutSecrets } from '../log/error-text.ts';
import type { Log } from '../log/log.ts';
import { explain } from '../trouble/explain.ts';
import { whereIs } from '../trouble/where.ts';
import { LoggedRedis } from './logged-redis.ts';
import { type RedisSignIn, signInByIam } from './redis-sign-in.ts';

export interface RedisPair {
  /** Commands fail at once when Redis is away, and after 300 ms when it is frozen. */
  readonly cache: Redis;
  /** Pub/sub: keeps trying and resubscribes by itself. */
  readonly subscriber: Redis;
  isUp(): boolean;
  /** Resolves when it is known whether Redis is there, or after half a second. */
  readonly known: Promise<void>;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 500;
const RECONNECT = { firstMs: 100, maxMs: 2_000 };
/** Who is sent to a replica again and again, since a setting names one, does not come back with every write. */
const REPLICA_LEFT_EVERY_MS = 10_000;

/** What says where Redis is, and how to sign in there. */
type RedisSettings = Pick<Config, 'REDIS_URL' | 'REDIS_IAM_USER' | 'REDIS_IAM_CACHE'>;

/** As {@link connectRedis}, by the settings. Undefined where they name none. @param aws whose credentials sign in by IAM. */
export function openRedis(config: RedisSettings, aws: AwsClients, log: Log): RedisPair | undefined {
  const { REDIS_URL: url, REDIS_IAM_USER: user, REDIS_IAM_CACHE: cache } = config;
  if (url === undefined) return undefined;
  if (user === undefined || cache === undefined) return connectRedis(url, log);
  return connectRedis(url, log, signInByIam({ user, cache }, aws.dynamo.config));
}

/**
 * Connects in the background; the log says once when Redis goes away, with the reason, and once when it answers.
 * @param signIn default: what stands in the URL.
 */
export function connectRedis(url: string, log: Log, signIn?: RedisSignIn): RedisPair {
  const address = new URL(url).host;
  const hungUp = Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
  let up: boolean | undefined;
  let closed = false;
  const { promise: known, resolve: know } = Promise.withResolvers<void>();
  setTimeout(know, CONNECT_TIMEOUT_MS).unref();
  const saw = (now: boolean, error: unknown) => {
    if (up === now || closed) return;
    up = now;
    know();
    if (now) return log.say('redis.up', { address });
    const { problem, fix } = explain(error, whereOfRedis(url));
    log.say('redis.down', { address, reason: withoutSecrets(problem), fix });
  };
  let leftAtMs = Number.NEGATIVE_INFINITY;
  // After a failover the name leads to another machine, and a connection of before to one that takes no writes any more.
  const reconnectOnError = (error: Error) => {
    if (!error.message.includes('READONLY') || performance.now() < leftAtMs + REPLICA_LEFT_EVERY_MS)
      return false;
    leftAtMs = performance.now();
    saw(false, error);
    return true;
  };

  const retryStrategy = (times: number) => backoffMs(times, RECONNECT);
  const cacheOptions = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 300,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy,
    reconnectOnError,
  };
  const subscriberOptions = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: 10_000,
    maxRetriesPerRequest: null,
    retryStrategy,
  };
  const cache = new LoggedRedis('cache', { url, signIn }, cacheOptions, log);
  const subscriber = new LoggedRedis('subscriber', { url, signIn }, subscriberOptions, log);

  cache.on('ready', () => saw(true, undefined));
  // Both clients report every failed try; `saw` tells the first. An error comes before the end that it causes.
  cache.on('error', (error) => saw(false, error));
  cache.on('close', () => saw(false, hungUp));
  subscriber.on('error', () => {});
  return {
    cache,
    subscriber,
    isUp: () => up === true,
    known,
    close() {
      closed = true;
      up = false;
      cache.disconnect();
      subscriber.disconnect();
    },
  };
}

/** Nothing of AWS is asked here. */
function whereOfRedis(url: string) {
  return whereIs({ AWS_REGION: '', AWS_ENDPOINT_URL: undefined, REDIS_URL: url }, 'Redis');
}
