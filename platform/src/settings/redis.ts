/** Settings of where Redis is, and who signs in there. */
import { z } from 'zod';
import { type Expect, secret } from './kinds.ts';

/** As ioredis decodes them: it would throw what names no setting. */
function isEncoded(url: string): boolean {
  const { username, password } = new URL(url);
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

const redisUrl = z
  .url({ protocol: /^rediss?$/, error: 'a redis:// or rediss:// URL', abort: true })
  .refine(isEncoded, 'user and password to be percent-encoded (a % is %25)');

/** By their environment names. */
export const redisSettings = {
  /** Unset: progress goes through DynamoDB alone, coarser. Holds a password where Redis wants one. */
  REDIS_URL: secret(redisUrl.optional()),
  /** ElastiCache: the user that signs in by IAM, and the replication group; both in lower case. Unset: as REDIS_URL says. */
  REDIS_IAM_USER: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'the id of an ElastiCache user, in lower case')
    .optional(),
  REDIS_IAM_CACHE: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'the id of a replication group, in lower case')
    .optional(),
} as const;

type RedisSettings = z.infer<z.ZodObject<typeof redisSettings>>;

/** Rules between them. */
export function expectOfRedis(config: RedisSettings, expect: Expect): void {
  const { REDIS_URL: url, REDIS_IAM_USER: user, REDIS_IAM_CACHE: cache } = config;
  expect(
    (user === undefined) === (cache === undefined),
    'REDIS_IAM_USER, REDIS_IAM_CACHE: expected both or neither',
  );
  // ElastiCache takes tokens over TLS alone, and they would be readable on the way.
  expect(
    user === undefined || url?.startsWith('rediss://') === true,
    'REDIS_IAM_USER: expected REDIS_URL to be a rediss:// URL',
  );
}
