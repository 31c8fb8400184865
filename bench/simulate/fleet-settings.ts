/** The fleet around a scaling policy: what AWS, the worker and chance do. */
import type { Deliveries } from './cloudwatch.ts';

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
  /** `DRAIN_TIMEOUT_MS` as `terraform/services.tf` has it: what would take longer is handed over at once. */
  readonly drainSeconds: number;
  /** From SIGTERM to the end of an idle task. */
  readonly stopSeconds: number;
  /** How late each metric comes, and how often not at all. */
  readonly deliveries: Deliveries;
  /** `TARGET_LATENCY_SECONDS` of the API that publishes the load. */
  readonly targetLatency: number;
  /** `MEAN_JOB_SECONDS`, which counts until jobs have been measured. */
  readonly meanJobSeconds: number;
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
  drainSeconds: 90,
  stopSeconds: 3,
  // Estimates. CPU: five to six minutes from load to decision, as in that benchmark (363 s at one-minute resolution).
  // SQS reports each minute what its machines have told it, Container Insights collects before it reports. Ours goes
  // with the log, which is shipped every few seconds; it cannot be of high resolution yet (same thread).
  deliveries: {
    visible: { lag: 60, jitter: 60, gapShare: 0.005 },
    inFlight: { lag: 60, jitter: 60, gapShare: 0.005 },
    running: { lag: 90, jitter: 90, gapShare: 0.01 },
    cpu: { lag: 90, jitter: 60, gapShare: 0.005 },
    desiredLoad: { lag: 15, jitter: 45, gapShare: 0.005 },
    stranded: { lag: 15, jitter: 45, gapShare: 0.005 },
  },
  targetLatency: 60,
  meanJobSeconds: 15,
};
