/** Who brings jobs when, and how long they take. All times in seconds. */
import type { JobTimes, MeasuredFormat } from './job-times.ts';
import { Random } from './random.ts';

/** A job to come. */
export interface Arrival {
  readonly at: number;
  readonly audioMinutes: number;
  /** Seconds that one slot needs for it. */
  readonly serviceSeconds: number;
}

export interface Workload {
  readonly name: string;
  /** Arrivals end here; the run goes on until every job is done. */
  readonly seconds: number;
  readonly arrivals: readonly Arrival[];
}

/** An assumption, not a measurement: what people bring. Lengths are log-normal. */
export const mix = {
  kinds: [
    { name: 'song', share: 0.7, medianMinutes: 3.5, sigma: 0.35 },
    { name: 'podcast', share: 0.3, medianMinutes: 35, sigma: 0.6 },
  ],
  formats: [
    { format: 'mp3', share: 0.5 },
    { format: 'm4a', share: 0.25 },
    { format: 'opus', share: 0.15 },
    { format: 'flac', share: 0.1 },
  ] satisfies readonly { format: MeasuredFormat; share: number }[],
  /** `MAX_DURATION_SECONDS`. */
  longestMinutes: 720,
} as const;

/** Estimates: a Fargate vCPU as fast as a measured core, and what a job waits for beside its own CPU work. */
export const estimates = {
  vcpuSpeed: 1,
  /** Input and output together, a compressed source and result. */
  megabytesPerMinute: 4,
  megabytesPerSecond: 40,
  /** Calls to SQS, DynamoDB, S3 and EventBridge, one after the other. */
  callSeconds: 0.3,
} as const;

type Job = Pick<Arrival, 'audioMinutes' | 'serviceSeconds'>;

/** Draws jobs of the mix, at the measured cost. */
export function jobSource(times: JobTimes, random: Random): () => Job {
  return () => {
    const kind = pick(mix.kinds, random);
    const { format } = pick(mix.formats, random);
    const audioMinutes = Math.min(mix.longestMinutes, random.logNormal(kind.medianMinutes, kind.sigma));
    const { fixedCpuSeconds, cpuSecondsPerMinute } = times.costs[format];
    const cpu = (fixedCpuSeconds + cpuSecondsPerMinute * audioMinutes) / estimates.vcpuSpeed;
    const transfer = (audioMinutes * estimates.megabytesPerMinute) / estimates.megabytesPerSecond;
    return { audioMinutes, serviceSeconds: cpu + transfer + estimates.callSeconds };
  };
}

/** The mean over many draws: the `mean_job_seconds` of the scaling policy. */
export function meanServiceSeconds(times: JobTimes, draws = 200_000): number {
  const draw = jobSource(times, new Random(1));
  let sum = 0;
  for (let count = 0; count < draws; count += 1) sum += draw().serviceSeconds;
  return sum / draws;
}

interface Rate {
  /** Jobs per second, at most. */
  readonly max: number;
  readonly at: (second: number) => number;
}

/** A Poisson process whose rate (jobs per second) changes over time, by thinning. */
export function poisson(
  name: string,
  seconds: number,
  rate: Rate,
  draw: () => Job,
  random: Random,
): Workload {
  const arrivals: Arrival[] = [];
  for (let at = random.exponential(1 / rate.max); at < seconds; at += random.exponential(1 / rate.max)) {
    if (random.next() * rate.max < rate.at(at)) arrivals.push({ at, ...draw() });
  }
  return { name, seconds, arrivals };
}

/** That many jobs at one moment, on an idle fleet. */
export function flood(count: number, draw: () => Job): Workload {
  const arrivals = Array.from({ length: count }, () => ({ at: 60, ...draw() }));
  return { name: `flood of ${count.toLocaleString('en')}`, seconds: 3_600, arrivals };
}

const HOUR = 3_600;
/** When the burst begins and ends. */
export const burst = { from: HOUR, until: HOUR + 600, times: 10 } as const;

/** The workloads that every policy meets; another `round` brings other jobs of the same kind. */
export function workloads(times: JobTimes, round = 0): Workload[] {
  const steadyRate = { max: 1, at: () => 1 };
  const burstRate = {
    max: 0.5 * burst.times,
    at: (second: number) => (second >= burst.from && second < burst.until ? 0.5 * burst.times : 0.5),
  };
  // From 0.05 jobs per second at four in the morning to 2 at four in the afternoon.
  const dayRate = {
    max: 2,
    at: (second: number) => 1.025 - 0.975 * Math.cos((2 * Math.PI * (second - 4 * HOUR)) / (24 * HOUR)),
  };
  const rareRate = { max: 1 / 900, at: () => 1 / 900 };
  const drainRate = { max: 2, at: (second: number) => 2 * (1 - second / (6 * HOUR)) };
  // An hour of work, three of silence, and again.
  const offAndOnRate = { max: 1, at: (second: number) => (second % (4 * HOUR) < HOUR ? 1 : 0) };
  const make = (seed: number, name: string, hours: number, rate: Rate) => {
    const random = new Random(seed + 1_000 * round);
    return poisson(name, hours * HOUR, rate, jobSource(times, random), random);
  };
  return [
    make(11, 'steady 1/s, 6 h', 6, steadyRate),
    make(12, 'burst 0.5/s ×10 for 10 min, 4 h', 4, burstRate),
    make(13, 'day 0.05–2/s, 24 h', 24, dayRate),
    make(14, 'rare 4/h, 24 h', 24, rareRate),
    make(15, 'slow drain 2/s to 0, 6 h', 6, drainRate),
    make(16, 'off and on 1/s, 1 h of 4, 12 h', 12, offAndOnRate),
  ];
}

/** So many jobs at work at one time, for half an hour after a rise of ten minutes. */
export function concurrent(times: JobTimes, jobs: number, meanSeconds: number): Workload {
  const full = jobs / meanSeconds;
  const rate = { max: full, at: (second: number) => full * Math.min(1, second / 600) };
  const random = new Random(30 + jobs);
  return poisson(`${jobs.toLocaleString('en')} at a time`, 2_400, rate, jobSource(times, random), random);
}

/** 1 to 10,000 jobs at once. */
export function floods(times: JobTimes): Workload[] {
  return [1, 10, 100, 1_000, 10_000].map((count) => flood(count, jobSource(times, new Random(20 + count))));
}

function pick<T extends { readonly share: number }>(choices: readonly T[], random: Random): T {
  let left = random.next();
  for (const choice of choices) {
    left -= choice.share;
    if (left < 0) return choice;
  }
  const last = choices.at(-1);
  if (last === undefined) throw new Error('nothing to pick from');
  return last;
}
