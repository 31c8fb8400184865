/**
 * Where processes leave their samples for each other: in Redis, since it is there, forgets by itself who has stopped
 * writing, and may lose a sample without harm. Without Redis each process only knows itself.
 */
import { PROCESSES_KEY, processKey } from '@wavefleet/contracts/keys.ts';
import { type ProcessSample, processSampleSchema } from '@wavefleet/contracts/system.ts';
import type { RedisPair } from '../progress/redis.ts';

const INDEX_TTL_SECONDS = 86_400;
/** Samples that are asked for at once, one question after the other: of 5,000 a single answer would outlast its timeout. */
const PAGE = 500;

export class ProcessBoard {
  readonly #redis: RedisPair | undefined;

  constructor(redis: RedisPair | undefined) {
    this.#redis = redis;
  }

  /** Replaces the process's last sample. @param ttlMs after which it counts as gone. Never throws. */
  async publish(sample: ProcessSample, ttlMs: number): Promise<void> {
    if (!this.#redis?.isUp()) return;
    await this.#redis.cache
      .multi()
      .set(processKey(sample.processId), JSON.stringify(sample), 'PX', ttlMs)
      .sadd(PROCESSES_KEY, sample.processId)
      .expire(PROCESSES_KEY, INDEX_TTL_SECONDS)
      .exec()
      .catch(() => undefined);
  }

  /** A process that ends in order says so. Never throws. */
  async withdraw(processId: string): Promise<void> {
    if (!this.#redis?.isUp()) return;
    await this.#redis.cache
      .multi()
      .del(processKey(processId))
      .srem(PROCESSES_KEY, processId)
      .exec()
      .catch(() => undefined);
  }

  /** The samples of all processes that live; undefined when Redis does not tell. Never throws. */
  async read(): Promise<ProcessSample[] | undefined> {
    if (!this.#redis?.isUp()) return undefined;
    const { cache } = this.#redis;
    try {
      const ids = await cache.smembers(PROCESSES_KEY);
      if (ids.length === 0) return [];
      const found: (string | null)[] = [];
      for (let from = 0; from < ids.length; from += PAGE) {
        found.push(...(await cache.mget(ids.slice(from, from + PAGE).map(processKey))));
      }
      const gone = ids.filter((_, index) => found[index] === null);
      if (gone.length > 0) await cache.srem(PROCESSES_KEY, gone);
      return found.flatMap((json) => (json === null ? [] : parseSample(json)));
    } catch {
      return undefined;
    }
  }
}

function parseSample(json: string): ProcessSample[] {
  try {
    return [processSampleSchema.parse(JSON.parse(json))];
  } catch {
    // Of a version that says it otherwise.
    return [];
  }
}
