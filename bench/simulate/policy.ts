/**
 * How AWS decides on the number of tasks, as far as it is documented.
 *
 * - Scale out after 3 datapoints of 1 minute above the target, scale in after 15 below it: the alarms that
 *   Application Auto Scaling makes (described in github.com/aws/containers-roadmap/issues/1208 and repost.aws
 *   QUVoLPVCU5QamquwCMrFMOzw; the AWS guides leave the counts out).
 * - Scale in only below 90 % of the target: seen in those alarms, not documented (estimate).
 * - In proportion to the metric, rounded up; cooldowns: AWS, "How target tracking scaling for Application Auto
 *   Scaling works" (autoscaling/application/userguide/target-tracking-scaling-policy-overview.html).
 * - "Scales in more gradually" has no published rule. Here it is in proportion, like scaling out (estimate);
 *   the sweep says what a quarter at a time would change.
 */

/** One CloudWatch datapoint: what the metrics said at the end of a minute. */
export interface Datapoint {
  /** SQS ApproximateNumberOfMessagesVisible. */
  readonly visible: number;
  /** SQS ApproximateNumberOfMessagesNotVisible: jobs that run. */
  readonly inFlight: number;
  /** ECS RunningTaskCount. */
  readonly running: number;
  /** CPU of the running tasks over the minute, 0 to 1; undefined without a task (no datapoint). */
  readonly cpu: number | undefined;
}

/** Something that may change the desired number of tasks, once a minute. */
export interface ScalingPolicy {
  /** @returns the new desired count, or `desired` for no change. */
  decide(datapoint: Datapoint, desired: number, nowSeconds: number): number;
}

export interface TrackingSettings {
  readonly target: number;
  readonly minTasks: number;
  readonly maxTasks: number;
  readonly scaleOutCooldown: number;
  readonly scaleInCooldown: number;
  /** The largest share of the tasks that one scale-in takes away; 1 is in proportion to the metric. */
  readonly scaleInShare: number;
}

const DATAPOINTS_OUT = 3;
const DATAPOINTS_IN = 15;
const SCALE_IN_BELOW = 0.9;

export class TargetTracking implements ScalingPolicy {
  readonly #settings: TrackingSettings;
  readonly #metric: (datapoint: Datapoint) => number | undefined;
  #above = 0;
  #below = 0;
  #lastOut = Number.NEGATIVE_INFINITY;
  #lastIn = Number.NEGATIVE_INFINITY;
  /** Capacity before the scale-out whose cooldown runs: it counts as the base until the cooldown is over. */
  #base = 0;

  constructor(metric: (datapoint: Datapoint) => number | undefined, settings: TrackingSettings) {
    this.#metric = metric;
    this.#settings = settings;
  }

  decide(datapoint: Datapoint, desired: number, now: number): number {
    const { target, minTasks, maxTasks, scaleOutCooldown, scaleInCooldown, scaleInShare } = this.#settings;
    const value = this.#metric(datapoint);
    // Without data there is no scaling: AWS does not read a gap as low use.
    if (value === undefined) return desired;
    this.#above = value > target ? this.#above + 1 : 0;
    this.#below = value < target * SCALE_IN_BELOW ? this.#below + 1 : 0;
    const clamp = (tasks: number) => Math.min(maxTasks, Math.max(minTasks, tasks));
    if (this.#above >= DATAPOINTS_OUT) {
      const cooling = now < this.#lastOut + scaleOutCooldown;
      const base = cooling ? this.#base : desired;
      const wanted = clamp(Math.ceil((base * value) / target));
      if (wanted <= desired) return desired;
      this.#base = base;
      this.#lastOut = now;
      return wanted;
    }
    if (this.#below >= DATAPOINTS_IN && now >= this.#lastIn + scaleInCooldown) {
      const wanted = clamp(Math.ceil(desired * Math.max(value / target, 1 - scaleInShare)));
      if (wanted >= desired) return desired;
      this.#lastIn = now;
      return wanted;
    }
    return desired;
  }
}

/** The step alarm beside a service that may rest at zero, where in proportion to nothing is nothing. */
export class WakeFromZero implements ScalingPolicy {
  decide({ visible }: Datapoint, desired: number): number {
    return desired === 0 && visible > 0 ? 1 : desired;
  }
}

/** Several policies on one service: the largest answer wins (AWS: multiple scaling policies). */
export class Together implements ScalingPolicy {
  readonly #policies: readonly ScalingPolicy[];

  constructor(policies: readonly ScalingPolicy[]) {
    this.#policies = policies;
  }

  decide(datapoint: Datapoint, desired: number, now: number): number {
    const answers = this.#policies.map((policy) => policy.decide(datapoint, desired, now));
    const most = Math.max(...answers);
    // A step policy that has nothing to say does not hold a scale-in back.
    return most > desired ? most : Math.min(...answers);
  }
}

/** No scaling. */
export class Fixed implements ScalingPolicy {
  decide(_datapoint: Datapoint, desired: number): number {
    return desired;
  }
}

/** Visible messages for each running task (AWS: "Scaling policy based on Amazon SQS"). */
export const backlogPerTask = ({ visible, running }: Datapoint): number => visible / Math.max(running, 1);

/** `target_latency_seconds / mean_job_seconds × concurrency`. */
export function backlogTarget(latencySeconds: number, meanJobSeconds: number, slotsPerTask: number): number {
  return (latencySeconds / meanJobSeconds) * slotsPerTask;
}

/**
 * The alternative: tasks that the running jobs fill, and those that would work the backlog off within the target
 * latency, for each running task. Unlike the backlog alone it does not call a fleet idle that just keeps up.
 */
export function loadPerTask(latencySeconds: number, meanJobSeconds: number) {
  return ({ visible, inFlight, running }: Datapoint): number =>
    (inFlight + (visible * meanJobSeconds) / latencySeconds) / Math.max(running, 1);
}
