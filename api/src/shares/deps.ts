/** What the routes about shared results reach the world with. */
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { JobDeps } from '../jobs/deps.ts';

export type ShareDeps = JobDeps & Pick<Platform, 'shares'>;
