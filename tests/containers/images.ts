/** Which images stand for AWS and Redis. */

/** What holds for every environment: the last LocalStack that needs no account, and the Redis of production. */
const DEFAULTS = { aws: 'localstack/localstack:4.14.0', redis: 'redis:8' } as const;

export interface Images {
  /** LocalStack, or what answers like it on port 4566: `ministackorg/ministack:latest`. */
  readonly aws: string;
  readonly redis: string;
}

/** `AWS_STACK_IMAGE` and `REDIS_IMAGE`; unset or empty means the default. */
export function imagesFrom(env: Record<string, string | undefined>): Images {
  return { aws: env.AWS_STACK_IMAGE || DEFAULTS.aws, redis: env.REDIS_IMAGE || DEFAULTS.redis };
}
