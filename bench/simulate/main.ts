/**
 * `npm run simulate`: how the worker service would scale, as a discrete-event simulation in seconds instead of days.
 * `--measure` measures job times first and stores them, `--sweep` varies the settings one by one, `--write` stores
 * the picture in `terraform/`.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alarmTable } from './alarm-table.ts';
import { burstPicture } from './burst-picture.ts';
import { NeverDone, simulate } from './engine.ts';
import { defaultFleet } from './fleet-settings.ts';
import { type JobTimes, jobTimesFile, loadJobTimes } from './job-times.ts';
import { measureJobTimes } from './measure.ts';
import { comparedPlans, jobsPlan, type Plan, recommended } from './plans.ts';
import { PRICES_AS_OF } from './prices.ts';
import { comparison, floodTable, priceTable } from './report.ts';
import { pooled, type RunResult } from './run-result.ts';
import { sweep } from './sweep.ts';
import {
  concurrent,
  estimates,
  floods,
  meanServiceSeconds,
  mix,
  type Workload,
  workloads,
} from './workload.ts';

/** Each workload is drawn this often, and the runs are pooled. */
const ROUNDS = 3;

async function main(): Promise<void> {
  const startedAtMs = performance.now();
  const { values } = parseArgs({
    options: {
      measure: { type: 'boolean', default: false },
      sweep: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  if (values.measure) {
    const measured = await measureJobTimes((line) => console.log(line));
    await writeFile(jobTimesFile, `${JSON.stringify(measured, null, 2)}\n`);
    console.log(`stored ${jobTimesFile}`);
  }
  const times = await loadJobTimes();
  const mean = meanServiceSeconds(times);
  const rounds = roundsOf(times);
  printConditions(times, mean);
  if (values.sweep) {
    const kinds = [...rounds.slice(0, 3), floods(times).slice(2, 3)];
    console.log(`\n${sweep('load', mean, kinds)}`);
  } else {
    console.log(`\nwhat an alarm sees of a fleet whose figures stand still\n${alarmTable()}`);
    compareLoads(rounds, mean);
    compareSizes(times, mean);
    compareFloods(floods(times), mean);
    compareCapacity(rounds, mean);
    const svg = burstPicture(rounds[1]?.[0], mean);
    const file = values.write
      ? join(import.meta.dirname, '..', '..', 'terraform', 'scaling.svg')
      : join(await mkdtemp(join(tmpdir(), 'wavefleet-simulate-')), 'scaling.svg');
    await writeFile(file, svg);
    console.log(`\npicture of the burst: ${file}`);
  }
  console.log(`simulate: done in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
}

/** For each kind of load, its rounds. */
function roundsOf(times: JobTimes): Workload[][] {
  const drawn = Array.from({ length: ROUNDS }, (_, round) => workloads(times, round));
  return (drawn[0] ?? []).map((_, kind) => drawn.flatMap((round) => round.slice(kind, kind + 1)));
}

function runAll(rounds: readonly Workload[], plan: Plan): { plan: Plan; result: RunResult } {
  return {
    plan,
    result: pooled(rounds.map((workload) => simulate(workload, plan.policy(), plan.fleet))),
  };
}

/** As above; what never gets its jobs done has no result, which is one. */
function tryAll(rounds: readonly Workload[], plan: Plan): { plan: Plan; result: RunResult | undefined } {
  try {
    return runAll(rounds, plan);
  } catch (error) {
    if (!(error instanceof NeverDone)) throw error;
    return { plan, result: undefined };
  }
}

function compareLoads(kinds: readonly (readonly Workload[])[], mean: number): void {
  const plans = comparedPlans(mean);
  for (const rounds of kinds) {
    const rows = plans.map((plan) => tryAll(rounds, plan));
    const jobs = rows[0]?.result?.arrived ?? 0;
    console.log(`\n${rounds[0]?.name}: ${jobs.toLocaleString('en')} jobs in ${rounds.length} rounds`);
    console.log(comparison(rows));
  }
}

function compareFloods(sizes: readonly Workload[], mean: number): void {
  const plans = [
    jobsPlan('load', mean),
    jobsPlan('load, to zero', mean, { minTasks: 0 }),
    jobsPlan('load by metric math', mean, { metric: 'loadByMath' }),
    jobsPlan('load by metric math, to zero', mean, { metric: 'loadByMath', minTasks: 0 }),
  ];
  const rows = plans.flatMap((plan) =>
    sizes.map((workload) => ({ ...tryAll([workload], plan), jobs: workload.arrivals.length })),
  );
  console.log(`\n1 to 10,000 jobs at once\n${floodTable(rows)}`);
}

/** 1 to 10,000 jobs at work at one time, with as many tasks as they want. */
function compareSizes(times: JobTimes, mean: number): void {
  const rows = [1, 100, 1_000, 10_000].map((jobs) => {
    const maxTasks = 10 + jobs;
    const plan = jobsPlan(`${jobs.toLocaleString('en')} at a time`, mean, { maxTasks });
    return runAll([concurrent(times, jobs, mean)], plan);
  });
  console.log(`\nload, 1 to 10,000 jobs at a time, 40 min\n${comparison(rows)}`);
}

/** Spot against On-Demand, which is never reclaimed. */
function compareCapacity(kinds: readonly (readonly Workload[])[], mean: number): void {
  for (const rounds of kinds) {
    const spot = runAll(rounds, jobsPlan('spot', mean));
    const onDemand = runAll(rounds, jobsPlan('on demand', mean, {}, { reclaimsPerTaskHour: 0 }));
    console.log(`\n${priceTable(rounds[0]?.name ?? '', spot, onDemand)}`);
  }
}

function printConditions(times: JobTimes, mean: number): void {
  const { startUp, deliveries, reclaimsPerTaskHour } = defaultFleet;
  const late = Object.entries(deliveries).map(
    ([metric, { lag, jitter }]) => `${metric} ${lag} to ${lag + jitter} s`,
  );
  const costs = Object.entries(times.costs).map(
    ([format, { fixedCpuSeconds, cpuSecondsPerMinute }]) =>
      `${format} ${fixedCpuSeconds} + ${cpuSecondsPerMinute}/min`,
  );
  const kinds = mix.kinds.map(
    ({ name, share, medianMinutes, sigma }) => `${share * 100} % ${name} ${medianMinutes} min (σ ${sigma})`,
  );
  const formats = mix.formats.map(({ format, share }) => `${share * 100} % ${format}`);
  console.log(
    [
      `measured ${times.measuredAt.slice(0, 10)} on ${times.machine.cpu}, FFmpeg ${times.machine.ffmpeg}: CPU seconds per job: ${costs.join(', ')}`,
      `assumed mix: ${kinds.join(', ')}; ${formats.join(', ')}`,
      `estimates: a vCPU ${estimates.vcpuSpeed}× the measured core; ${estimates.megabytesPerMinute} MB/min at ${estimates.megabytesPerSecond} MB/s; start-up median ${startUp.median} s; metrics late by ${late.join(', ')}; ${reclaimsPerTaskHour} reclaims per task-hour`,
      `mean job: ${mean.toFixed(1)} s of one vCPU; prices of ${PRICES_AS_OF}, us-east-1, $ column ARM64 Spot`,
      `settings: ${JSON.stringify(recommended)}`,
    ].join('\n'),
  );
}

main().catch((error: unknown) => {
  console.error(`simulate: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
