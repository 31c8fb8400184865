/** Statuses in words. */
import type { JobStatus } from '@wavefleet/contracts/states.ts';

const words: Record<JobStatus, string> = {
  created: 'Waiting',
  processing: 'Converting',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** A status as people call it. */
export const statusWord = (status: JobStatus): string => words[status];
