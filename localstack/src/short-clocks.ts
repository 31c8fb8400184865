/** Production's rules with clocks of seconds. `lease.test.ts` covers production's own ratios. */
export const shortClocks = {
  VISIBILITY_TIMEOUT_MS: '4000',
  LEASE_MS: '3000',
  HEARTBEAT_MS: '1000',
  SWEEP_INTERVAL_MS: '1000',
  REDISPATCH_AFTER_MS: '5000',
  RETRY_BASE_MS: '200',
  AWS_RETRY_BASE_MS: '100',
  DELETE_GRACE_MS: '500',
  POLL_WAIT_SECONDS: '1',
  DRAIN_TIMEOUT_MS: '3000',
  LOG_LEVEL: 'info',
} as const;
