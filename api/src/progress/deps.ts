/** What the routes about progress reach the world with. */
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { QueueForecast } from '../jobs/queue-forecast.ts';

/** Nothing here changes a job. */
export type ProgressDeps = Pick<Platform, 'jobs' | 'progress' | 'log'> & {
  readonly queueForecast: QueueForecast;
  /** Aborted when the server closes: streams that would go on for long end themselves. */
  readonly closing: AbortSignal;
};
