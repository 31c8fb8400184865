/** What the routes about uploads reach the world with. */

import type { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { FairTurns } from '../limits/fair-turns.ts';
import type { Admission } from '../load/admission.ts';

/** `jobs` since an upload stays while an active job reads it. */
export type UploadDeps = Pick<
  Platform,
  'config' | 'objects' | 'parts' | 'uploads' | 'uploadWriter' | 'jobs' | 'log'
> & {
  readonly admission: Admission;
  readonly quotas: Quotas;
  /** For what asks AWS several things before it answers. */
  readonly submissions: FairTurns;
};
