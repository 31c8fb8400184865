/** The ways to run the worker service that are compared, each with its settings. */
import { defaultFleet, type FleetSettings } from './fleet-settings.ts';
import {
  backlogPerTask,
  backlogTarget,
  Fixed,
  loadPerTask,
  type ScalingPolicy,
  TargetTracking,
  Together,
  WakeFromZero,
} from './policy.ts';

export interface Plan {
  readonly name: string;
  readonly fleet: FleetSettings;
  /** A new one for each run: policies remember. */
  readonly policy: () => ScalingPolicy;
}

/** What decides how workers scale; those that Terraform has carry its names in other case. Times in seconds. */
export interface ScalingVariables {
  /** `load`: running jobs and backlog per task. `backlog`: waiting jobs per task. */
  readonly metric: 'load' | 'backlog';
  /** How long a job may wait (`target_latency_seconds`). */
  readonly targetLatency: number;
  /** For `load`: how full slots should be. */
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

/** Target tracking on jobs; with the step alarm when the service may rest at zero. */
export function jobsPlan(
  name: string,
  meanJobSeconds: number,
  change: Partial<ScalingVariables> = {},
  fleet: Partial<FleetSettings> = {},
): Plan {
  const variables = { ...recommended, ...change };
  const { metric, targetLatency, targetFill, slotsPerTask } = variables;
  return metric === 'load'
    ? tracking(name, loadPerTask(targetLatency, meanJobSeconds), targetFill * slotsPerTask, variables, fleet)
    : tracking(
        name,
        backlogPerTask,
        backlogTarget(targetLatency, meanJobSeconds, slotsPerTask),
        variables,
        fleet,
      );
}

/** Target tracking on ECSServiceAverageCPUUtilization. */
function cpuPlan(name: string, share: number): Plan {
  return tracking(name, ({ cpu }) => cpu, share, recommended, {});
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
  metric: ConstructorParameters<typeof TargetTracking>[0],
  target: number,
  variables: ScalingVariables,
  fleet: Partial<FleetSettings>,
): Plan {
  const { minTasks, slotsPerTask } = variables;
  return {
    name,
    fleet: { ...defaultFleet, slotsPerTask, initialTasks: minTasks, ...fleet },
    policy: () => {
      const policy = new TargetTracking(metric, { ...variables, target });
      return minTasks === 0 ? new Together([policy, new WakeFromZero()]) : policy;
    },
  };
}

/** The comparison that `npm run simulate` prints; the first is the recommended one. */
export function comparedPlans(meanJobSeconds: number): Plan[] {
  return [
    jobsPlan('load per task', meanJobSeconds),
    jobsPlan('load per task, to zero', meanJobSeconds, { minTasks: 0 }),
    jobsPlan('load, no protection', meanJobSeconds, {}, { isProtected: false }),
    jobsPlan('backlog per task', meanJobSeconds, { metric: 'backlog' }),
    jobsPlan('backlog per task, to zero', meanJobSeconds, { metric: 'backlog', minTasks: 0 }),
    jobsPlan('backlog, no protection', meanJobSeconds, { metric: 'backlog' }, { isProtected: false }),
    cpuPlan('CPU 60 %', 0.6),
    ...[8, 16, 32].map(fixedPlan),
  ];
}
