/** What the routes about progress reach the world with. */
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { QueueForecast } from '../jobs/queue-forecast.ts';
import type { RecentRecords } from '../jobs/recent-records.ts';
import type { Places } from '../limits/places.ts';

/** Nothing here changes a job. */
export type ProgressDeps = Pick<Platform, 'progress' | 'log'> & {
  readonly records: RecentRecords;
  readonly streams: Places;
  readonly queueForecast: QueueForecast;
  /** Aborted when the server closes: streams that would go on for long end themselves. */
  readonly closing: AbortSignal;
};
