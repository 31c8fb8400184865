/** What the routes about jobs reach the world with. */
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { UploadDeps } from '../uploads/deps.ts';
import type { QueueForecast } from './queue-forecast.ts';
import type { RecentRecords } from './recent-records.ts';

/** All that a job touches from its submission to its deletion, its upload included. */
export type JobDeps = UploadDeps &
  Pick<
    Platform,
    | 'transitions'
    | 'dispatches'
    | 'outbox'
    | 'usage'
    | 'deliveries'
    | 'queue'
    | 'events'
    | 'progress'
    | 'accounts'
    | 'presets'
  > & {
    readonly queueForecast: QueueForecast;
    readonly records: RecentRecords;
  };
