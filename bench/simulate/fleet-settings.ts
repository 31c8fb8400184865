/** The fleet around a scaling policy: what AWS, the worker and chance do. */

/** Times in seconds. */
export interface FleetSettings {
  /** Jobs at once in one task, one vCPU each. */
  readonly slotsPerTask: number;
  /** Tasks that run when the simulation begins. */
  readonly initialTasks: number;
  /** Whether busy tasks are protected from scaling in. */
  readonly isProtected: boolean;
  /** `lingerMs` of the worker's task protection. */
  readonly lingerSeconds: number;
  /** From the decision to a task that takes jobs: log-normal. */
  readonly startUp: { readonly median: number; readonly sigma: number };
  readonly launchesPerSecond: number;
  /** Spot: how often a task that runs for an hour is reclaimed. */
  readonly reclaimsPerTaskHour: number;
  /** `DRAIN_TIMEOUT_MS`, the worker's default: what would take longer is handed over at once. */
  readonly drainSeconds: number;
  /** From SIGTERM to the end of an idle task. */
  readonly stopSeconds: number;
  /** From the end of a minute until its datapoint has moved the alarm. */
  readonly metricDelay: number;
}

/** Everything that is not known from documents or measurements here is marked as an estimate. */
export const defaultFleet: FleetSettings = {
  slotsPerTask: 2,
  initialTasks: 1,
  isProtected: true,
  lingerSeconds: 5,
  // Estimate: 30 to 60 s are usual reports. AWS's own benchmark of 2026-06 has 23 s (github.com/aws/containers-roadmap/issues/2113).
  startUp: { median: 40, sigma: 0.25 },
  // "Rate of tasks launched by a service on AWS Fargate": 500 per minute (AWS: Amazon ECS service quotas).
  launchesPerSecond: 500 / 60,
  // Estimate: AWS publishes no rate.
  reclaimsPerTaskHour: 0.05,
  drainSeconds: 20,
  stopSeconds: 3,
  // Estimate: then a fleet needs five to six minutes from load to decision, as in that benchmark (363 s, CPU at
  // one-minute resolution). Custom metrics cannot be of high resolution yet (same thread).
  metricDelay: 180,
};
