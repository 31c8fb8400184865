/** How long jobs take lately, so that waiting ones can be told when they may start. In Redis alone: a guess may be lost. */
import { PACE_KEY, paceKey } from '@wavefleet/contracts/keys.ts';
import { z } from 'zod';
import type { RedisPair } from './redis.ts';

/** Enough that one odd file does not sway the median, few enough that yesterday does not. */
const REMEMBERED_JOBS = 50;
const TTL_SECONDS = 3_600;
/** Sums of the last hour are kept in parts of five minutes, which are forgotten one by one. */
const PART_MS = 300_000;
const PARTS = TTL_SECONDS / (PART_MS / 1000);
/** Fields of a part. */
const [COUNT, TOTAL] = ['jobs', 'ms'];

/**
 * All of a job's in one command, as every small job ends with it. KEYS: the list, and the part. ARGV: what the job took,
 * the last place of the list, seconds until it is forgotten, the part's two fields, and its own seconds.
 */
const remember = `
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('HINCRBY', KEYS[2], ARGV[4], 1)
redis.call('HINCRBY', KEYS[2], ARGV[5], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[6])`;

/** Jobs that ended within the last hour. */
export interface HourOfJobs {
  readonly jobs: number;
  /** How long they took together, in ms. */
  readonly totalMs: number;
}

export class JobPace {
  readonly #redis: RedisPair | undefined;

  constructor(redis: RedisPair | undefined) {
    this.#redis = redis;
  }

  /** A job took this long from its claim to its end. Never throws. */
  async note(ms: number): Promise<void> {
    if (!this.#redis?.isUp()) return;
    const took = Math.max(0, Math.round(ms));
    const part = paceKey(partNow());
    await this.#redis.cache
      .eval(
        remember,
        2,
        PACE_KEY,
        part,
        took,
        ...[REMEMBERED_JOBS - 1, TTL_SECONDS, COUNT, TOTAL, 2 * TTL_SECONDS],
      )
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

  /** The last hour, to five minutes; undefined when Redis does not tell. Never throws. */
  async lastHour(): Promise<HourOfJobs | undefined> {
    if (!this.#redis?.isUp()) return undefined;
    const newest = partNow();
    const read = this.#redis.cache.pipeline();
    for (let back = 0; back < PARTS; back += 1) read.hmget(paceKey(newest - back), COUNT, TOTAL);
    const parts = await read.exec().catch(() => null);
    if (parts === null || parts.some(([error]) => error !== null)) return undefined;
    const sums = parts.map(([, sum]) => partSchema.parse(sum));
    return {
      jobs: sums.reduce((all, [jobs]) => all + jobs, 0),
      totalMs: sums.reduce((all, [, ms]) => all + ms, 0),
    };
  }
}

/** What HMGET answers of a part: count and total, null where nobody has counted yet. */
const counted = z.coerce.number().nonnegative();
const partSchema = z.tuple([counted, counted]);

function partNow(): number {
  return Math.floor(Date.now() / PART_MS);
}
