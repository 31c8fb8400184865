/** When a reading is too high or too low, and when that is over: never at the same number, so that nothing flaps. */
import type { Readings, WatchedResource } from '@wavefleet/contracts/system.ts';
import type { Config } from '../config.ts';

/** `exhausted`: nothing new is taken in. */
export type Grade = 'fine' | 'high' | 'exhausted';

/** Levels of one resource, in its own unit. */
export interface Levels {
  /** On which side of a level it is too much. */
  readonly worse: 'above' | 'below';
  readonly warn: number;
  /** Beyond `warn`. Undefined for what is only warned of. */
  readonly refuse?: number | undefined;
}

/** A warning is over when the reading is better than its level by this share. */
const RELIEF = 0.1;

/**
 * The next grade of a resource. It is exhausted until the reading is back half-way between the two levels, and high
 * until it is a tenth better than the level of the warning.
 */
export function nextGrade(before: Grade, reading: number, { worse, warn, refuse }: Levels): Grade {
  const isBeyond = (level: number) => (worse === 'above' ? reading > level : reading < level);
  if (refuse !== undefined && isBeyond(before === 'exhausted' ? (warn + refuse) / 2 : refuse)) {
    return 'exhausted';
  }
  const relieved = worse === 'above' ? warn * (1 - RELIEF) : warn * (1 + RELIEF);
  return isBeyond(before === 'fine' ? warn : relieved) ? 'high' : 'fine';
}

/** The levels that the settings give each resource. */
export function levelsOf(config: Config): Record<WatchedResource, Levels> {
  return {
    disk: { worse: 'below', warn: config.FREE_DISK_WARN_BYTES, refuse: config.FREE_DISK_REFUSE_BYTES },
    memory: { worse: 'below', warn: config.FREE_MEMORY_WARN_BYTES, refuse: config.FREE_MEMORY_REFUSE_BYTES },
    eventLoop: { worse: 'above', warn: config.EVENT_LOOP_WARN_MS, refuse: config.EVENT_LOOP_REFUSE_MS },
    cpu: { worse: 'above', warn: config.CPU_WARN_PERCENT },
    rss: { worse: 'above', warn: config.RSS_WARN_BYTES },
  };
}

/** The reading that a resource is judged by; null when it cannot be told. */
export function readingOf(resource: WatchedResource, readings: Readings): number | null {
  switch (resource) {
    case 'disk':
      return readings.freeDiskBytes;
    case 'memory':
      return readings.freeMemoryBytes;
    case 'eventLoop':
      return readings.eventLoopDelayMs.p99;
    case 'cpu':
      return readings.cpuPercent;
    case 'rss':
      return readings.rssBytes;
  }
}
