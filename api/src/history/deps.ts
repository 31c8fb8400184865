/** What the routes about histories reach the world with. */
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { QueueForecast } from '../jobs/queue-forecast.ts';

export type HistoryDeps = Pick<Platform, 'history' | 'config'> & { readonly queueForecast: QueueForecast };
