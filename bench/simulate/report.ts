/** What a run says in figures, and the tables that people read. */

import { table } from '@wavefleet/localstack/demo/table.ts';
import { quantile } from '../figures.ts';
import type { Plan } from './plans.ts';
import { cost, type Price, prices } from './prices.ts';
import type { RunResult } from './run-result.ts';

export interface Summary {
  /** Seconds that jobs waited, from arrival to the start of the run that counted, with lost runs. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly taskHours: number;
  /** Slot-seconds paid for each busy slot-second. */
  readonly overProvisioning: number;
  readonly dollarsPer1000Minutes: (price: Price) => number;
}

export function summarize(result: RunResult, { fleet }: Plan): Summary {
  const waits = [...result.waits];
  const taskHours = result.taskSeconds / 3_600;
  return {
    p50: quantile(waits, 0.5),
    p95: quantile(waits, 0.95),
    p99: quantile(waits, 0.99),
    taskHours,
    overProvisioning: (result.taskSeconds * fleet.slotsPerTask) / result.busySlotSeconds,
    dollarsPer1000Minutes: (price) =>
      (cost(price, fleet.slotsPerTask, taskHours) / result.audioMinutes) * 1_000,
  };
}

const header = [
  'policy',
  'p50 s',
  'p95 s',
  'p99 s',
  'task-h',
  '$/1000 min',
  'paid/busy',
  'peak tasks',
  'redone',
  'lost slot-s',
];

/** One row for each plan; the price is that of ARM64 Spot. */
export function comparison(
  rows: readonly { readonly plan: Plan; readonly result: RunResult | undefined }[],
): string {
  return table(
    header,
    rows.map(({ plan, result }) =>
      result === undefined ? [plan.name, ...never(header.length - 1)] : cells({ plan, result }),
    ),
  );
}

/** What the recommended plan costs by the kind of capacity; On-Demand is not reclaimed. */
export function priceTable(
  name: string,
  spot: { readonly plan: Plan; readonly result: RunResult },
  onDemand: { readonly plan: Plan; readonly result: RunResult },
): string {
  const rows = Object.values(prices).map((price) => {
    const { plan, result } = price.name.endsWith('Spot') ? spot : onDemand;
    const { taskHours, dollarsPer1000Minutes } = summarize(result, plan);
    return [price.name, taskHours.toFixed(1), dollarsPer1000Minutes(price).toFixed(4)];
  });
  return table([name, 'task-h', '$/1000 min'], rows);
}

/** How 1 to 10,000 jobs at once are worked off. */
export function floodTable(
  rows: readonly { readonly plan: Plan; readonly jobs: number; readonly result: RunResult | undefined }[],
): string {
  const header = ['policy', 'jobs at once', 'p50 s', 'p95 s', 'last starts s', 'peak tasks', 'redone'];
  return table(
    header,
    rows.map(({ plan, jobs, result }) => {
      if (result === undefined) return [plan.name, jobs.toLocaleString('en'), ...never(5)];
      const { p50, p95 } = summarize(result, plan);
      const last = result.waits.at(-1) ?? 0;
      return [
        plan.name,
        jobs.toLocaleString('en'),
        seconds(p50),
        seconds(p95),
        seconds(last),
        String(result.peakTasks),
        String(result.redone),
      ];
    }),
  );
}

/** Of a fleet that has not done its jobs after three days. */
function never(columns: number): string[] {
  return Array.from({ length: columns }, (_, place) => (place === 0 ? 'never' : ''));
}

function cells({ plan, result }: { plan: Plan; result: RunResult }): string[] {
  const { p50, p95, p99, taskHours, overProvisioning, dollarsPer1000Minutes } = summarize(result, plan);
  return [
    plan.name,
    seconds(p50),
    seconds(p95),
    seconds(p99),
    taskHours.toFixed(1),
    dollarsPer1000Minutes(prices.armSpot).toFixed(4),
    overProvisioning.toFixed(2),
    String(result.peakTasks),
    String(result.redone),
    result.lostSeconds.toFixed(0),
  ];
}

function seconds(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
