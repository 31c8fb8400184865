/** `--sweep`: one setting changed at a time, so that each row says what that setting is worth. */
import { table } from '@wavefleet/localstack/demo/table.ts';
import type { Deliveries } from './cloudwatch.ts';
import { simulate } from './engine.ts';
import { defaultFleet, type FleetSettings } from './fleet-settings.ts';
import { jobsPlan, type Plan, recommended, type ScalingVariables } from './plans.ts';
import { prices } from './prices.ts';
import { summarize } from './report.ts';
import { pooled } from './run-result.ts';
import type { Workload } from './workload.ts';

interface Variation {
  readonly name: string;
  readonly change?: Partial<ScalingVariables>;
  readonly fleet?: Partial<FleetSettings>;
  /** Times the true mean: what a wrong `mean_job_seconds` does. */
  readonly mean?: number;
}

const ours: readonly Variation[] = [
  ...[15, 30, 120, 300].map((targetLatency) => ({
    name: `target latency ${targetLatency} s`,
    change: { targetLatency },
  })),
  ...[0.6, 0.7, 0.9, 1].map((targetFill) => ({ name: `target fill ${targetFill}`, change: { targetFill } })),
  ...[0, 2, 4].map((minTasks) => ({ name: `min tasks ${minTasks}`, change: { minTasks } })),
  ...[30, 300].map((maxTasks) => ({ name: `max tasks ${maxTasks}`, change: { maxTasks } })),
  ...[60, 120, 180, 300].map((scaleOutCooldown) => ({
    name: `scale-out cooldown ${scaleOutCooldown} s`,
    change: { scaleOutCooldown },
  })),
  ...[60, 600].map((scaleInCooldown) => ({
    name: `scale-in cooldown ${scaleInCooldown} s`,
    change: { scaleInCooldown },
  })),
  // The same slots at most, so that only the grain differs.
  ...[1, 4].map((slotsPerTask) => ({
    name: `${slotsPerTask} vCPU and jobs per task`,
    change: { slotsPerTask, maxTasks: (recommended.maxTasks * recommended.slotsPerTask) / slotsPerTask },
  })),
  ...[0.5, 2].map((mean) => ({ name: `mean job seconds set to ×${mean}`, mean })),
];

/** All metrics as they are, but so much later, and with such gaps. */
function later(seconds: number, gapShare?: number): Deliveries {
  const change = ({ lag, jitter, gapShare: gaps }: Deliveries['cpu']) => ({
    ...{ lag: lag + seconds, jitter, gapShare: gapShare ?? gaps },
  });
  const { visible, inFlight, running, cpu, desiredLoad, stranded } = defaultFleet.deliveries;
  return {
    ...{ visible: change(visible), inFlight: change(inFlight), running: change(running), cpu: change(cpu) },
    ...{ desiredLoad: change(desiredLoad), stranded: change(stranded) },
  };
}

const notOurs: readonly Variation[] = [
  { name: 'scale-in a quarter at a time', change: { scaleInShare: 0.25 } },
  ...[60, 120, 240].map((lag) => ({ name: `metrics ${lag} s later`, fleet: { deliveries: later(lag) } })),
  ...[0.05, 0.2].map((gapShare) => ({
    name: `${gapShare * 100} % of datapoints missing`,
    fleet: { deliveries: later(0, gapShare) },
  })),
  ...[23, 90].map((median) => ({
    name: `start-up ${median} s`,
    fleet: { startUp: { ...defaultFleet.startUp, median } },
  })),
  ...[0, 0.5, 2].map((reclaimsPerTaskHour) => ({
    name: `${reclaimsPerTaskHour} reclaims per task-hour`,
    fleet: { reclaimsPerTaskHour },
  })),
  ...[15, 60].map((lingerSeconds) => ({
    name: `protection lingers ${lingerSeconds} s`,
    fleet: { lingerSeconds },
  })),
];

/**
 * p95 and p99 of the wait and the price for each workload, one row for each changed setting.
 * @param workloads for each kind of load, the rounds that are pooled.
 */
export function sweep(
  metric: ScalingVariables['metric'],
  meanJobSeconds: number,
  workloads: readonly (readonly Workload[])[],
): string {
  const fitting = ours.filter(({ change }) => metric !== 'backlogByMath' || change?.targetFill === undefined);
  const rows = [{ name: 'as recommended' }, ...fitting, ...notOurs].map((variation: Variation) => {
    const { name, change, fleet, mean = 1 } = variation;
    const plan = jobsPlan(name, meanJobSeconds * mean, { metric, ...change }, fleet);
    return [name, ...workloads.flatMap((rounds) => figures(rounds, plan))];
  });
  const header = workloads.flatMap(([first]) => [
    `${first?.name.split(' ')[0]} p95 s`,
    'p99 s',
    '$/1000 min',
  ]);
  return table([metric, ...header], rows);
}

function figures(rounds: readonly Workload[], plan: Plan): string[] {
  const result = pooled(rounds.map((workload) => simulate(workload, plan.policy(), plan.fleet)));
  const { p95, p99, dollarsPer1000Minutes } = summarize(result, plan);
  return [p95.toFixed(1), p99.toFixed(1), dollarsPer1000Minutes(prices.armSpot).toFixed(4)];
}
