/** What the routes about uploads reach the world with. */
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { Admission } from '../load/admission.ts';

/** `jobs` since an upload stays while an active job reads it. */
export type UploadDeps = Pick<
  Platform,
  'config' | 'objects' | 'parts' | 'uploads' | 'uploadWriter' | 'jobs' | 'log'
> & {
  readonly admission: Admission;
};
