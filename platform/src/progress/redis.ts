/** Redis, which may be down, slow or empty at any time: nothing that must be right depends on it. */
import { Redis } from 'ioredis';
import { backoffMs } from '../backoff.ts';
import type { Log } from '../log.ts';

export interface RedisPair {
  /** Commands fail at once when Redis is away, and after 300 ms when it is frozen. */
  readonly cache: Redis;
  /** Pub/sub: keeps trying and resubscribes by itself. */
  readonly subscriber: Redis;
  isUp(): boolean;
  close(): void;
}

const RECONNECT = { firstMs: 100, maxMs: 2_000 };

/** Connects in the background; the log says once when Redis goes away and once when it is back. */
export function connectRedis(url: string, log: Log): RedisPair {
  const retryStrategy = (times: number) => backoffMs(times, RECONNECT);
  const cache = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 300,
    connectTimeout: 500,
    retryStrategy,
  });
  const subscriber = new Redis(url, {
    connectTimeout: 500,
    keepAlive: 10_000,
    maxRetriesPerRequest: null,
    retryStrategy,
  });

  let up: boolean | undefined;
  const saw = (now: boolean) => {
    if (up === now) return;
    if (!now) log.warn('redis does not answer: progress goes through DynamoDB until it is back');
    else if (up === false) log.info('redis answers again');
    up = now;
  };
  cache.on('ready', () => saw(true));
  cache.on('close', () => saw(false));
  // Both clients report every failed try here; `saw` has already told the log.
  cache.on('error', () => saw(false));
  subscriber.on('error', () => {});
  return {
    cache,
    subscriber,
    isUp: () => up === true,
    close() {
      up = false;
      cache.disconnect();
      subscriber.disconnect();
    },
  };
}
