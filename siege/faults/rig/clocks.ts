/** The clocks of a fleet under faults: production's own, all divided by one number. */
import { requiredSettings } from '@wavefleet/platform/config.testing.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';

/** One second here is a quarter of a minute there: 10 min of outage are 40 s. */
export const FACTOR = 15;

/** @param ms of production. */
export const scaled = (ms: number): number => Math.ceil(ms / FACTOR);

const defaults = loadConfig(requiredSettings);

/** The settings that are times. What the code holds as constants is not scaled: it is 15 times longer here. */
export const scaledClocks: Readonly<Record<string, string>> = {
  VISIBILITY_TIMEOUT_MS: String(scaled(defaults.VISIBILITY_TIMEOUT_MS)),
  LEASE_MS: String(scaled(defaults.LEASE_MS)),
  HEARTBEAT_MS: String(scaled(defaults.HEARTBEAT_MS)),
  SWEEP_INTERVAL_MS: String(scaled(defaults.SWEEP_INTERVAL_MS)),
  REDISPATCH_AFTER_MS: String(scaled(defaults.REDISPATCH_AFTER_MS)),
  RETRY_BASE_MS: String(scaled(defaults.RETRY_BASE_MS)),
  AWS_RETRY_BASE_MS: String(scaled(defaults.AWS_RETRY_BASE_MS)),
  DELETE_GRACE_MS: String(scaled(defaults.DELETE_GRACE_MS)),
  DRAIN_TIMEOUT_MS: String(scaled(defaults.DRAIN_TIMEOUT_MS)),
  STALL_TIMEOUT_MS: String(scaled(defaults.STALL_TIMEOUT_MS)),
  RESOURCE_SAMPLE_MS: String(scaled(defaults.RESOURCE_SAMPLE_MS)),
  // SQS counts whole seconds.
  POLL_WAIT_SECONDS: String(Math.ceil(defaults.POLL_WAIT_SECONDS / FACTOR)),
};

/** After a worker is gone for good, its jobs are somebody else's no later than this. */
export const takenOverMs = scaled(defaults.VISIBILITY_TIMEOUT_MS + defaults.LEASE_MS);
