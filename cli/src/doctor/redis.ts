/** Redis, with the client and the progress store that api and worker use. The probe's keys are deleted again. */
import { randomUUID } from 'node:crypto';
import { progressChannel, progressKey } from '@wavefleet/contracts/keys.ts';
import { nothingKnown, type ProgressReport } from '@wavefleet/contracts/progress.ts';
import type { RedisPair } from '@wavefleet/platform/progress/redis.ts';
import { ProgressStore } from '@wavefleet/platform/progress/store.ts';
import type { Subject } from '@wavefleet/platform/trouble/subject.ts';
import { whereIs } from '@wavefleet/platform/trouble/where.ts';
import { look, need } from './calls.ts';
import type { Check, Remark } from './check.ts';
import type { World } from './context.ts';

const PROBE_TTL_SECONDS = 60;

export function redisChecks(world: World): Check[] {
  const { redis } = world;
  if (redis === undefined) return [withoutRedis];
  const address = whereIs(world.config, 'Redis').address ?? '';
  const about = (action: string): Subject => ({
    action,
    resource: address,
    setting: 'REDIS_URL',
    name: address,
  });
  const check = (what: string, run: Check['run']): Check => ({
    what: `Redis ${address}: ${what}`,
    thing: address,
    run,
  });
  const tls = world.config.REDIS_URL?.startsWith('rediss:') === true;
  // Before anything is awaited: the connection is already under way, and its first error says the most.
  const connected = connection(redis);
  connected.catch(() => undefined);
  return [
    check(tls ? 'connects over TLS' : 'connects', async () => {
      await need(about('PING'), async () => {
        await connected;
        await redis.cache.ping();
      });
      return [];
    }),
    check('set, get, expire, delete', async () => {
      const key = progressKey(randomUUID());
      await need(about('SET, GET, EXPIRE, DEL'), async () => {
        await redis.cache.set(key, 'here', 'EX', PROBE_TTL_SECONDS);
        await redis.cache.get(key);
        await redis.cache.expire(key, PROBE_TTL_SECONDS);
        await redis.cache.del(key);
      });
      return [];
    }),
    check('progress is written by its script and heard by a subscriber', (signal) =>
      progress(world, redis, about, signal),
    ),
    check('memory', async () => {
      const info = await look(about('INFO'), () => redis.cache.info('memory'));
      return memoryRemarks(info);
    }),
  ];
}

const withoutRedis: Check = {
  what: 'Redis: REDIS_URL is set',
  thing: 'redis',
  run: async () => [
    {
      status: 'warn',
      problem:
        'REDIS_URL is not set: jobs still run, but progress goes through DynamoDB and only moves every 1.5 s',
      fix: 'Set REDIS_URL=redis://host:6379 (rediss:// with TLS) for live progress.',
    },
  ],
};

/** Resolves when Redis is ready; the client itself would go on trying, so its first error counts. */
function connection({ cache }: RedisPair): Promise<void> {
  return new Promise((resolve, reject) => {
    cache.once('ready', () => resolve());
    cache.once('error', reject);
  });
}

async function progress(
  { aws, config }: World,
  redis: RedisPair,
  about: (action: string) => Subject,
  signal: AbortSignal,
): Promise<Remark[]> {
  const store = new ProgressStore(redis, aws.dynamo, config.PROGRESS_TABLE);
  const jobId = randomUUID();
  await need(about('SUBSCRIBE'), () => redis.subscriber.subscribe(progressChannel(jobId)));
  const heard = new Promise<boolean>((resolve) => {
    store.subscribe(jobId, () => resolve(true));
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
  try {
    if (!(await store.write(probeReport(jobId)))) {
      // The store never throws: the same kind of call, made plainly, says why.
      await need(about('EVAL'), () =>
        redis.cache.eval("return redis.call('GET', KEYS[1])", 1, progressKey(jobId)),
      );
      return [{ status: 'FAIL', problem: 'the script was refused', fix: 'Allow scripts: EVAL with cjson.' }];
    }
    if (await heard) return [];
    return [
      {
        status: 'FAIL',
        problem: 'a published message did not arrive',
        fix: 'Publisher and subscriber must reach the same server: check proxies in between, and that REDIS_URL is the primary.',
      },
    ];
  } finally {
    await redis.cache.del(progressKey(jobId)).catch(() => undefined);
    await redis.subscriber.unsubscribe(progressChannel(jobId)).catch(() => undefined);
  }
}

function memoryRemarks(info: string): Remark[] {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const limit = Number(field('maxmemory') ?? 0);
  if (field('maxmemory_policy') !== 'noeviction' || limit === 0) return [];
  return [
    {
      status: 'warn',
      problem: `maxmemory-policy is noeviction with a limit of ${limit} bytes: when it is full, progress stands still`,
      fix: 'Set maxmemory-policy to volatile-ttl or allkeys-lru: everything that the fleet keeps there may be evicted.',
    },
  ];
}

function probeReport(jobId: string): ProgressReport {
  return {
    jobId,
    attempt: 1,
    percent: 1,
    stage: 'download',
    ...nothingKnown,
    updatedAt: new Date().toISOString(),
  };
}
