/**
 * How often somebody may do something: so many times in a window, counted in Redis for all processes together. Without
 * Redis each process counts for itself, so that nobody is sent away for want of it, and nobody may do everything.
 */
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisPair } from '../progress/redis.ts';
import { WillingRedis } from './willing-redis.ts';

/** One rule for everybody. */
export interface RateRule {
  /** Names it in Redis and in the `RateLimit` headers. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Where somebody stands after one more. */
export interface RateState {
  readonly allowed: boolean;
  /** How many more are free in this window. */
  readonly remaining: number;
  /** Whole seconds until the window ends; at least 1. */
  readonly resetSeconds: number;
}

export class Rates {
  readonly #redis: WillingRedis;
  readonly #cache: RedisPair['cache'] | undefined;
  readonly #limiters = new Map<RateRule, { shared: RateLimiterRedis | undefined; own: RateLimiterMemory }>();

  constructor(redis: RedisPair | undefined) {
    this.#redis = new WillingRedis(redis);
    this.#cache = redis?.cache;
  }

  /** Counts one more of `who`. @param rule always the same object. Never throws. */
  async count(rule: RateRule, who: string): Promise<RateState> {
    const { shared, own } = this.#limitersOf(rule);
    const counted =
      shared === undefined ? undefined : await this.#redis.ask(() => stateAfter(rule, shared.consume(who)));
    return counted ?? (await stateAfter(rule, own.consume(who)));
  }

  #limitersOf(rule: RateRule) {
    const known = this.#limiters.get(rule);
    if (known !== undefined) return known;
    const options = {
      points: rule.limit,
      duration: rule.windowSeconds,
      keyPrefix: `rate:${rule.name}`,
    };
    const made = {
      shared:
        this.#cache === undefined
          ? undefined
          : new RateLimiterRedis({
              ...options,
              storeClient: this.#cache,
              // Who is over it is told so by this process until the window ends.
              inMemoryBlockOnConsumed: rule.limit + 1,
            }),
      own: new RateLimiterMemory(options),
    };
    this.#limiters.set(rule, made);
    return made;
  }
}

/**
 * A refusal is an answer: the library rejects with the same result, in which one that is blocked without being counted
 * has consumed nothing. @throws Redis' errors.
 */
async function stateAfter({ limit }: RateRule, counting: Promise<RateLimiterRes>): Promise<RateState> {
  const [allowed, { consumedPoints, msBeforeNext }] = await counting.then(
    (counted) => [true, counted] as const,
    (refusal: unknown) => {
      if (refusal instanceof RateLimiterRes) return [false, refusal] as const;
      throw refusal;
    },
  );
  return {
    allowed,
    remaining: allowed ? limit - consumedPoints : 0,
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  };
}
