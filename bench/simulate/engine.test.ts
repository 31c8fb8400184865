/** The simulation against queueing theory, and against what a fleet may never do. */
import { expect, test } from 'vitest';
import { simulate } from './engine.ts';
import { defaultFleet, type FleetSettings } from './fleet-settings.ts';
import { loadJobTimes } from './job-times.ts';
import { comparedPlans, jobsPlan } from './plans.ts';
import { Fixed } from './policy.ts';
import { Random } from './random.ts';
import { pooled } from './run-result.ts';
import { flood, jobSource, meanServiceSeconds, poisson, type Workload, workloads } from './workload.ts';

const times = await loadJobTimes();
const mean = meanServiceSeconds(times);

/** A fixed fleet without chance of its own. */
const still = (tasks: number, slotsPerTask = 1): FleetSettings => ({
  ...defaultFleet,
  slotsPerTask,
  initialTasks: tasks,
  reclaimsPerTaskHour: 0,
});
const serviceOf = ({ arrivals }: Workload) => arrivals.reduce((sum, job) => sum + job.serviceSeconds, 0);
const average = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

function queueOf(rate: number, jobs: number, service: (random: Random) => number, seed: number): Workload {
  const random = new Random(seed);
  const draw = () => ({ audioMinutes: 1, serviceSeconds: service(random) });
  return poisson('queue', jobs / rate, { max: rate, at: () => rate }, draw, random);
}

/** Those that get the work done: metric math never scales out. */
const working = comparedPlans(mean).filter(({ name }) => !/fixed, 8|math/.test(name));

test.each(working)('nothing is lost under $name, though Spot takes tasks away', (plan) => {
  for (const workload of [...workloads(times).slice(1, 2), flood(500, jobSource(times, new Random(3)))]) {
    const fleet = { ...plan.fleet, reclaimsPerTaskHour: 2 };
    const result = simulate(workload, plan.policy(), fleet);
    expect(result.arrived).toBe(workload.arrivals.length);
    expect(result.finished).toBe(workload.arrivals.length);
    expect(result.waits).toHaveLength(workload.arrivals.length);
    expect(result.reclaimed).toBeGreaterThan(0);
    // Slots were busy with what counted and with what was lost, nothing else, and every busy slot was paid for.
    expect(result.busySlotSeconds).toBeCloseTo(serviceOf(workload) + result.lostSeconds, 3);
    expect(result.taskSeconds * fleet.slotsPerTask).toBeGreaterThan(result.busySlotSeconds);
    // Little's law, exact for a run that ends empty: both sides count the same waiting.
    expect(result.queueArea).toBeCloseTo(result.queuedSeconds, 3);
  }
});

test('one server with constant times waits as M/D/1 says', () => {
  const [rate, service] = [0.08, 10];
  const load = rate * service;
  const { waits } = simulate(
    queueOf(rate, 300_000, () => service, 5),
    new Fixed(),
    still(1),
  );
  // Pollaczek and Khinchine: ρ s / 2 (1 − ρ) = 20 s.
  expect(average(waits) / ((load * service) / (2 * (1 - load)))).toBeCloseTo(1, 1);
});

test.each([
  [5, 1],
  [1, 5],
])('%i tasks with %i slots and exponential times wait as M/M/5 says', (tasks, slots) => {
  const [rate, service] = [0.4, 10];
  const workload = queueOf(rate, 300_000, (random) => random.exponential(service), 6);
  const { waits } = simulate(workload, new Fixed(), still(tasks, slots));
  // Erlang C with 5 servers and an offered load of 4: 55.4 % wait, on average 10 s × 0.554 / (5 − 4).
  expect(average(waits) / 5.54).toBeCloseTo(1, 1);
  expect(waits.filter((wait) => wait > 0).length / waits.length).toBeCloseTo(0.554, 1);
});

test('four servers with constant times wait as M/D/4 says, by the approximation of Cosmetatos', () => {
  const [servers, rate, service] = [4, 0.34, 10];
  const load = (rate * service) / servers;
  const { waits } = simulate(
    queueOf(rate, 300_000, () => service, 7),
    new Fixed(),
    still(servers),
  );
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const offered = rate * service;
  const last = offered ** servers / (factorial(servers) * (1 - load));
  const others = [0, 1, 2, 3].reduce((sum, k) => sum + offered ** k / factorial(k), 0);
  const exponential = (last / (others + last)) * (service / (servers - offered));
  const correction =
    1 + ((1 - load) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2)) / (16 * load * servers);
  expect(average(waits) / ((exponential * correction) / 2)).toBeCloseTo(1, 1);
});

test('the same seed is the same run, another is not', () => {
  const [plan] = comparedPlans(mean);
  const [, workload] = workloads(times);
  if (plan === undefined || workload === undefined) throw new Error('nothing to run');
  const run = (seed: number) => simulate(workload, plan.policy(), plan.fleet, seed);
  expect(run(1)).toEqual(run(1));
  expect(run(1).taskSeconds).not.toBe(run(2).taskSeconds);
});

test('a reclaimed task finishes what ends within the drain and hands over the rest', () => {
  // Tasks start at once, so that the time they cost is the time they run.
  const fleet = { ...still(10), reclaimsPerTaskHour: 6, startUp: { median: 0.001, sigma: 0 } };
  const short = simulate(
    queueOf(0.5, 5_000, () => 15, 8),
    new Fixed(),
    fleet,
  );
  expect(short).toMatchObject({ redone: 0, lostSeconds: 0 });
  const long = simulate(
    queueOf(0.05, 50_000, () => 150, 8),
    new Fixed(),
    fleet,
  );
  expect(long.redone).toBeGreaterThan(100);
  // A reclaim hits at any moment of a job; its last 90 s are finished: (150 − 90) / 2 are lost on average.
  expect(long.lostSeconds / long.redone / 30).toBeCloseTo(1, 1);
  // As many as the rate says: 6 an hour for each hour that a task runs.
  expect(long.reclaimed / ((long.taskSeconds / 3_600) * 6)).toBeCloseTo(1, 1);
});

test('scaling in stops no busy task that is protected', () => {
  const [, workload] = workloads(times);
  if (workload === undefined) throw new Error('nothing to run');
  const run = (isProtected: boolean) => {
    const plan = jobsPlan('', mean, {}, { isProtected, reclaimsPerTaskHour: 0, drainSeconds: 5 });
    return simulate(workload, plan.policy(), plan.fleet);
  };
  expect(run(true).redone).toBe(0);
  expect(run(false).redone).toBeGreaterThan(10);
});

test('a service at zero wakes for one job and rests again', () => {
  const plan = jobsPlan('', mean, { minTasks: 0 }, { reclaimsPerTaskHour: 0 });
  const [job] = flood(1, jobSource(times, new Random(9))).arrivals;
  if (job === undefined) throw new Error('no job');
  const workload = { name: 'one', seconds: 7_200, arrivals: [job] };
  const { waits, timeline, taskSeconds } = simulate(workload, plan.policy(), plan.fleet);
  // The datapoint of its minute, the delay of the metric, the start of a task.
  const { lag, jitter } = plan.fleet.deliveries.stranded;
  expect(waits[0]).toBeGreaterThan(lag);
  expect(waits[0]).toBeLessThan(lag + jitter + 3 * 60 + 120);
  expect(timeline[0]?.running).toBe(0);
  expect(Math.max(...timeline.map(({ running }) => running))).toBe(1);
  expect(timeline.at(-1)?.running).toBe(0);
  expect(taskSeconds).toBeLessThan(2_400);
});

test('metric math over late metrics never scales a full fleet out; one metric does', () => {
  const [, workload] = workloads(times);
  if (workload === undefined) throw new Error('nothing to run');
  const run = (metric: 'load' | 'loadByMath') => {
    const plan = jobsPlan('', mean, { metric }, { reclaimsPerTaskHour: 0 });
    return simulate(workload, plan.policy(), plan.fleet);
  };
  expect(run('loadByMath').peakTasks).toBe(1);
  expect(run('load').peakTasks).toBeGreaterThan(20);
});

test('a fleet that never works is an error, not an endless run', () => {
  const workload = flood(1, jobSource(times, new Random(1)));
  expect(() => simulate(workload, new Fixed(), still(0))).toThrow('1 jobs never ended');
});

test('pooled runs add up', () => {
  const runs = workloads(times)
    .slice(3, 4)
    .map((workload) => simulate(workload, new Fixed(), still(1)));
  const [run] = runs;
  if (run === undefined) throw new Error('nothing to run');
  const both = pooled([run, run]);
  expect(both.waits).toHaveLength(2 * run.waits.length);
  expect(both.taskSeconds).toBe(2 * run.taskSeconds);
  expect(both.peakTasks).toBe(run.peakTasks);
});
