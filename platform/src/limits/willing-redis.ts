/** Redis for what may be counted wrong: as long as it answers. A frozen one keeps one asker waiting, not every one. */
import type { RedisPair } from '../progress/redis.ts';

/** After a failure it is let alone for so long. */
const PAUSE_MS = 2_000;

export class WillingRedis {
  readonly #redis: RedisPair | undefined;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(redis: RedisPair | undefined) {
    this.#redis = redis;
  }

  /** What the command answers; undefined when there is no Redis, or it does not answer. Never throws. */
  async ask<T>(command: (cache: RedisPair['cache']) => Promise<T>): Promise<T | undefined> {
    if (!this.#redis?.isUp() || performance.now() < this.#pausedUntilMs) return undefined;
    try {
      return await command(this.#redis.cache);
    } catch {
      this.#pausedUntilMs = performance.now() + PAUSE_MS;
      return undefined;
    }
  }
}
