/** The doctor's report on Redis. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provisioned, type Services, startServices } from '../bring-up/services.ts';
import { type Env, redisCommand, reportOf } from './report-of.ts';

let services: Services;
let env: Env;
beforeAll(async () => {
  services = await startServices();
  env = await provisioned(services);
});
afterAll(() => services.stop());

test('without REDIS_URL there is a warning that says what it means', async () => {
  const { bad, summary, isWell } = await reportOf({ ...env, REDIS_URL: '' });
  expect(bad).toEqual([
    'warn Redis: REDIS_URL is set',
    '      REDIS_URL is not set: jobs still run, but progress goes through DynamoDB and only moves every 1.5 s',
    '      fix: Set REDIS_URL=redis://host:6379 (rediss:// with TLS) for live progress.',
  ]);
  expect(summary).toBe('connectivity: 40 ok, 1 warning, 0 failed');
  expect(isWell).toBe(true);
});

test('nobody listens where Redis should be, and its password is not told', async () => {
  const { bad, summary, isWell } = await reportOf({
    ...env,
    REDIS_URL: 'redis://:geheim-geheim@127.0.0.1:1',
  });
  expect(bad).toEqual([
    'FAIL Redis 127.0.0.1:1: connects',
    '      ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1',
    '      fix: Nothing listens at 127.0.0.1:1: start it (npm start, or npm run dev:services), or correct REDIS_URL.',
  ]);
  expect(summary).toBe('connectivity: 40 ok, 0 warnings, 1 failed, 3 not run');
  expect(isWell).toBe(false);
});

test('a Redis user who may not run scripts or look at the memory', async () => {
  await redisCommand(
    services.redisUrl,
    ...['ACL', 'SETUSER', 'narrow', 'on', '>narrow-password', '~*', '&*', '+@all', '-eval', '-info'],
  );
  const address = new URL(services.redisUrl).host;
  const { bad } = await reportOf({ ...env, REDIS_URL: `redis://narrow:narrow-password@${address}` });
  expect(bad).toEqual([
    `FAIL Redis ${address}: progress is written by its script and heard by a subscriber`,
    "      NOPERM this user has no permissions to run the 'eval' command",
    '      fix: Allow the Redis user GET, SET, EXPIRE, DEL, EVAL, PUBLISH, SUBSCRIBE, PING and INFO on the keys progress:* and the channels job:*.',
    `warn Redis ${address}: memory`,
    `      cannot be seen with these credentials (INFO on ${address})`,
    "      fix: The fleet itself does without this permission: run the check with an operator's credentials to see it.",
  ]);
});

test('Redis wants a password, has another one, or keeps everything', async () => {
  const password = 'correct-horse';
  const address = new URL(services.redisUrl).host;
  const withPassword = (word: string) => `redis://:${word}@${address}`;
  await redisCommand(services.redisUrl, 'CONFIG', 'SET', 'requirepass', password);
  try {
    const none = await reportOf(env);
    expect(none.bad).toContain(
      '      fix: Redis requires a password: put it into REDIS_URL (redis://:PASSWORD@host:port, rediss:// with TLS).',
    );
    expect(none.isWell).toBe(false);

    const wrong = await reportOf({ ...env, REDIS_URL: withPassword('battery-staple') });
    expect(wrong.bad).toEqual([
      `FAIL Redis ${address}: connects`,
      '      WRONGPASS invalid username-password pair or user is disabled.',
      '      fix: Redis refuses the user or the password: correct them in REDIS_URL; characters such as @ : / # must be percent-encoded there. Where REDIS_IAM_USER is set, allow the role elasticache:Connect on cache and user.',
    ]);
    expect(wrong.lines.join('\n')).not.toContain('battery-staple');

    await redisCommand(withPassword(password), 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    const full = await reportOf({ ...env, REDIS_URL: withPassword(password) });
    expect(full.bad).toEqual([
      `warn Redis ${address}: memory`,
      '      maxmemory-policy is noeviction with a limit of 67108864 bytes: when it is full, progress stands still',
      '      fix: Set maxmemory-policy to volatile-ttl or allkeys-lru: everything that the fleet keeps there may be evicted.',
    ]);
    expect(full.isWell).toBe(true);

    const tls = await reportOf({ ...env, REDIS_URL: `rediss://${address}` });
    expect(tls.bad[0]).toBe(`FAIL Redis ${address}: connects over TLS`);
    expect(tls.bad[2]).toContain('rediss:// needs a server that speaks TLS');
  } finally {
    await redisCommand(withPassword(password), 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    await redisCommand(withPassword(password), 'CONFIG', 'SET', 'requirepass', '');
  }
});
