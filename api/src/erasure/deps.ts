/** What deleting everything of an owner reaches the world with. */

import type { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

export type EraseDeps = Pick<
  Platform,
  | 'config'
  | 'log'
  | 'objects'
  | 'parts'
  | 'uploads'
  | 'jobs'
  | 'transitions'
  | 'events'
  | 'outbox'
  | 'usage'
  | 'progress'
  | 'belongings'
  | 'erasures'
  | 'webhooks'
  | 'webhookDeliveries'
  | 'mails'
> & {
  readonly quotas: Quotas;
  /** What this process remembers of jobs. */
  readonly records: { forget(jobId: string): void };
};
