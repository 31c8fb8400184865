/** How long jobs take lately, so that waiting ones can be told when they may start. In Redis alone: a guess may be lost. */
import { PACE_KEY } from '@wavefleet/contracts/keys.ts';
import type { RedisPair } from './redis.ts';

/** Enough that one odd file does not sway the median, few enough that yesterday does not. */
const REMEMBERED_JOBS = 50;
const TTL_SECONDS = 3_600;

export class JobPace {
  readonly #redis: RedisPair | undefined;

  constructor(redis: RedisPair | undefined) {
    this.#redis = redis;
  }

  /** A job took this long from its claim to its end. Never throws. */
  async note(ms: number): Promise<void> {
    if (!this.#redis?.isUp()) return;
    await this.#redis.cache
      .multi()
      .lpush(PACE_KEY, Math.max(0, Math.round(ms)))
      .ltrim(PACE_KEY, 0, REMEMBERED_JOBS - 1)
      .expire(PACE_KEY, TTL_SECONDS)
      .exec()
      .catch(() => undefined);
  }

  /** The median in ms, or undefined when no job has finished lately or Redis is away. Never throws. */
  async medianMs(): Promise<number | undefined> {
    if (!this.#redis?.isUp()) return undefined;
    const raw = await this.#redis.cache.lrange(PACE_KEY, 0, REMEMBERED_JOBS - 1).catch(() => []);
    const sorted = raw
      .map(Number)
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }
}
