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
import { type CloudWatch, isInAlarm, newest, type Series } from './cloudwatch.ts';

/** Something that may change the desired number of tasks, asked once a minute. */
export interface ScalingPolicy {
  /** @returns the new desired count, or `desired` for no change. */
  decide(watch: CloudWatch, desired: number, nowSeconds: number): number;
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
  readonly #series: Series;
  #lastOut = Number.NEGATIVE_INFINITY;
  #lastIn = Number.NEGATIVE_INFINITY;
  /** Capacity before the scale-out whose cooldown runs: it counts as the base until the cooldown is over. */
  #base = 0;

  constructor(series: Series, settings: TrackingSettings) {
    this.#series = series;
    this.#settings = settings;
  }

  decide(watch: CloudWatch, desired: number, now: number): number {
    const { target, minTasks, maxTasks, scaleOutCooldown, scaleInCooldown, scaleInShare } = this.#settings;
    const value = newest(this.#series, watch, now);
    // Without data there is no scaling: AWS does not read a gap as low use.
    if (value === undefined) return desired;
    const holds = (datapoints: number, breaches: (value: number) => boolean) =>
      isInAlarm(this.#series, { breaching: datapoints, of: datapoints, breaches }, watch, now);
    const clamp = (tasks: number) => Math.min(maxTasks, Math.max(minTasks, tasks));
    if (holds(DATAPOINTS_OUT, (each) => each > target)) {
      const cooling = now < this.#lastOut + scaleOutCooldown;
      const base = cooling ? this.#base : desired;
      const wanted = clamp(Math.ceil((base * value) / target));
      if (wanted <= desired) return desired;
      this.#base = base;
      this.#lastOut = now;
      return wanted;
    }
    if (now < this.#lastIn + scaleInCooldown) return desired;
    if (holds(DATAPOINTS_IN, (each) => each < target * SCALE_IN_BELOW)) {
      const wanted = clamp(Math.ceil(desired * Math.max(value / target, 1 - scaleInShare)));
      if (wanted >= desired) return desired;
      this.#lastIn = now;
      return wanted;
    }
    return desired;
  }
}

/** The step alarm beside a service that may rest at zero, where in proportion to nothing is nothing. */
export interface FirstTaskSettings {
  readonly breaching: number;
  readonly of: number;
  /** `add`: one more (ChangeInCapacity). `set`: one, whatever runs (ExactCapacity). */
  readonly adjustment: 'add' | 'set';
  readonly cooldown: number;
}

export class FirstTask implements ScalingPolicy {
  readonly #series: Series;
  readonly #settings: FirstTaskSettings;
  #last = Number.NEGATIVE_INFINITY;

  /** @param series above 0 while work waits and nobody is there to do it. */
  constructor(series: Series, settings: FirstTaskSettings) {
    this.#series = series;
    this.#settings = settings;
  }

  decide(watch: CloudWatch, desired: number, now: number): number {
    const { breaching, of, adjustment, cooldown } = this.#settings;
    const rule = { breaching, of, breaches: (value: number) => value > 0 };
    if (now < this.#last + cooldown || !isInAlarm(this.#series, rule, watch, now)) return desired;
    this.#last = now;
    return adjustment === 'add' ? desired + 1 : 1;
  }
}

/** Several policies on one service: the largest answer wins (AWS: multiple scaling policies). */
export class Together implements ScalingPolicy {
  readonly #policies: readonly ScalingPolicy[];

  constructor(policies: readonly ScalingPolicy[]) {
    this.#policies = policies;
  }

  decide(watch: CloudWatch, desired: number, now: number): number {
    const answers = this.#policies.map((policy) => policy.decide(watch, desired, now));
    const most = Math.max(...answers);
    // A step policy that has nothing to say does not hold a scale-in back.
    return most > desired ? most : Math.min(...answers);
  }
}

/** No scaling. */
export class Fixed implements ScalingPolicy {
  decide(_watch: CloudWatch, desired: number): number {
    return desired;
  }
}

/** `target_latency_seconds / mean_job_seconds × concurrency`: how many jobs may wait for a task. */
export function backlogTarget(latencySeconds: number, meanJobSeconds: number, slotsPerTask: number): number {
  return (latencySeconds / meanJobSeconds) * slotsPerTask;
}
