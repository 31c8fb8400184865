/** The ways to run the worker service that are compared, each with its settings. */
import { backlogByMath, loadByMath, plain, type Series, strandedByMath } from './cloudwatch.ts';
import { defaultFleet, type FleetSettings } from './fleet-settings.ts';
import {
  backlogTarget,
  FirstTask,
  type FirstTaskSettings,
  Fixed,
  type ScalingPolicy,
  TargetTracking,
  Together,
} from './policy.ts';

export interface Plan {
  readonly name: string;
  readonly fleet: FleetSettings;
  /** A new one for each run: policies remember. */
  readonly policy: () => ScalingPolicy;
}

/** What decides how workers scale; those that Terraform has carry its names in other case. Times in seconds. */
export interface ScalingVariables {
  /**
   * `load`: DesiredLoad, computed at one moment. The others are controls: metric math over metrics that come at
   * different times, of running and waiting jobs per task, or of waiting jobs alone.
   */
  readonly metric: 'load' | 'loadByMath' | 'backlogByMath';
  /** How long a job may wait (`target_latency_seconds`). */
  readonly targetLatency: number;
  /** How full slots should be; not for `backlogByMath`. */
  readonly targetFill: number;
  readonly minTasks: number;
  readonly maxTasks: number;
  readonly scaleOutCooldown: number;
  readonly scaleInCooldown: number;
  /** Not ours to set; see `policy.ts`. */
  readonly scaleInShare: number;
  /** One vCPU each. */
  readonly slotsPerTask: number;
}

/** What the sweep recommends. */
export const recommended: ScalingVariables = {
  metric: 'load',
  targetLatency: 60,
  targetFill: 0.8,
  minTasks: 1,
  maxTasks: 100,
  scaleOutCooldown: 240,
  scaleInCooldown: 300,
  scaleInShare: 1,
  slotsPerTask: 2,
};

/** What `terraform/autoscaling.tf` has beside the tracking of DesiredLoad, for services that may rest at zero. */
export const firstTask: FirstTaskSettings = { breaching: 1, of: 3, adjustment: 'add', cooldown: 600 };

/** Target tracking on jobs; with the step alarm when the service may rest at zero. */
export function jobsPlan(
  name: string,
  meanJobSeconds: number,
  change: Partial<ScalingVariables> = {},
  fleet: Partial<FleetSettings> = {},
): Plan {
  const variables = { ...recommended, ...change };
  const { metric, targetLatency, targetFill, slotsPerTask, scaleOutCooldown } = variables;
  const published = { targetLatency, meanJobSeconds: Math.round(meanJobSeconds), ...fleet };
  if (metric === 'load') {
    const first = { series: plain('stranded'), settings: firstTask };
    return tracking(name, plain('desiredLoad'), targetFill, variables, published, first);
  }
  const [series, target] =
    metric === 'loadByMath'
      ? [loadByMath(targetLatency, meanJobSeconds), targetFill * slotsPerTask]
      : [backlogByMath, backlogTarget(targetLatency, meanJobSeconds, slotsPerTask)];
  const settings: FirstTaskSettings = { breaching: 1, of: 1, adjustment: 'set', cooldown: scaleOutCooldown };
  return tracking(name, series, target, variables, published, { series: strandedByMath, settings });
}

/** Target tracking on ECSServiceAverageCPUUtilization. */
function cpuPlan(name: string, share: number): Plan {
  return tracking(name, plain('cpu'), share, recommended, {}, undefined);
}

function fixedPlan(tasks: number): Plan {
  return {
    name: `fixed, ${tasks} tasks`,
    fleet: { ...defaultFleet, slotsPerTask: recommended.slotsPerTask, initialTasks: tasks },
    policy: () => new Fixed(),
  };
}

function tracking(
  name: string,
  series: Series,
  target: number,
  variables: ScalingVariables,
  fleet: Partial<FleetSettings>,
  first: { readonly series: Series; readonly settings: FirstTaskSettings } | undefined,
): Plan {
  const { minTasks, slotsPerTask } = variables;
  return {
    name,
    fleet: { ...defaultFleet, slotsPerTask, initialTasks: minTasks, ...fleet },
    policy: () => {
      const policy = new TargetTracking(series, { ...variables, target });
      if (minTasks > 0 || first === undefined) return policy;
      return new Together([policy, new FirstTask(first.series, first.settings)]);
    },
  };
}

/** The comparison that `npm run simulate` prints; the first is the recommended one. */
export function comparedPlans(meanJobSeconds: number): Plan[] {
  return [
    jobsPlan('load', meanJobSeconds),
    jobsPlan('load, to zero', meanJobSeconds, { minTasks: 0 }),
    jobsPlan('load, no protection', meanJobSeconds, {}, { isProtected: false }),
    jobsPlan('load by metric math', meanJobSeconds, { metric: 'loadByMath' }),
    jobsPlan('load by metric math, to zero', meanJobSeconds, { metric: 'loadByMath', minTasks: 0 }),
    jobsPlan('backlog by metric math', meanJobSeconds, { metric: 'backlogByMath' }),
    cpuPlan('CPU 60 %', 0.6),
    ...[8, 16, 32].map(fixedPlan),
  ];
}
