/** Limits for programs that ask as fast as they can, in the name of one owner: tests, the bench, the demo. */
export const generousLimits = {
  REQUESTS_PER_MINUTE: '6000000',
  SUBMISSIONS_PER_MINUTE: '600000',
  MAX_ACTIVE_JOBS: '100000',
  MAX_OPEN_UPLOADS: '10000',
  MAX_STREAMS_PER_OWNER: '400',
} as const;
