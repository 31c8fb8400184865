/** Redis: whether it answers, and each command. Nothing that must be right depends on it. */
import { z } from 'zod';
import { ms, type Rows } from '../row.ts';

export const redisRows = {
  'redis.up': {
    level: 'info',
    criterion: 'R7.9',
    message: 'redis answers',
    fields: { address: z.string() },
  },
  'redis.down': {
    level: 'warn',
    criterion: 'R7.9',
    message: 'redis does not answer: progress goes through DynamoDB until it is back',
    fields: { address: z.string(), reason: z.string(), fix: z.string() },
    metric: { name: 'RedisLost', unit: 'Count' },
  },
  'redis.connection': {
    level: 'debug',
    criterion: 'R7.9',
    message: 'redis connection changed',
    fields: { client: z.enum(['cache', 'subscriber']), status: z.string() },
  },
  'redis.call': {
    level: 'debug',
    criterion: 'R7.9',
    message: 'redis command',
    fields: {
      client: z.enum(['cache', 'subscriber']),
      operation: z.string(),
      /** Keys, and channels of pub/sub. */
      keys: z.array(z.string()),
      ms,
      outcome: z.string(),
    },
  },
} as const satisfies Rows;
