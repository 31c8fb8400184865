/**
 * CloudWatch as an alarm sees it: datapoints of one minute that come late, each metric by a time of its own, and some
 * that never come; and how alarms judge what is there (AWS: "Configuring how CloudWatch alarms treat missing data").
 */
import type { Random } from './random.ts';

/** What is published: by SQS, by Container Insights, by ECS, and by our own API. */
export type MetricName = 'visible' | 'inFlight' | 'running' | 'cpu' | 'desiredLoad' | 'stranded';

/** How the datapoints of a metric come. Times in seconds. */
interface Delivery {
  /** From the end of the minute until alarms see its datapoint: at least this, ... */
  readonly lag: number;
  /** ... and up to so much more, anew for each datapoint. */
  readonly jitter: number;
  /** Datapoints that never come. */
  readonly gapShare: number;
}
export type Deliveries = Readonly<Record<MetricName, Delivery>>;

/**
 * Minutes by which alarms look further back than they have to, when points are missing. How many depends on the alarm,
 * says AWS, and gives 5 for 3 as its example.
 */
const LOOKS_BACK = 2;

/** Values of the last complete minutes, newest first; undefined where none is there (yet). */
export type Series = (watch: CloudWatch, now: number, minutes: number) => (number | undefined)[];

export class CloudWatch {
  readonly #deliveries: Deliveries;
  readonly #random: Random;
  /** By minute: place 1 holds the first one. */
  readonly #points: Record<MetricName, ({ value: number; arrivesAt: number } | undefined)[]>;

  constructor(deliveries: Deliveries, random: Random) {
    this.#deliveries = deliveries;
    this.#random = random;
    this.#points = { visible: [], inFlight: [], running: [], cpu: [], desiredLoad: [], stranded: [] };
  }

  /** The datapoint of the minute that ended at `60 * minute`; undefined when nothing was reported. */
  put(metric: MetricName, minute: number, value: number | undefined): void {
    const { lag, jitter, gapShare } = this.#deliveries[metric];
    const [late, isGap] = [lag + jitter * this.#random.next(), this.#random.next() < gapShare];
    if (value === undefined || isGap) return;
    this.#points[metric][minute] = { value, arrivesAt: 60 * minute + late };
  }

  /** What has arrived of the last complete minutes, newest first. */
  recent(metric: MetricName, now: number, minutes: number): (number | undefined)[] {
    const newest = Math.floor(now / 60);
    const points = this.#points[metric];
    return Array.from({ length: minutes }, (_, back) => {
      const point = points[newest - back];
      return point !== undefined && point.arrivesAt <= now ? point.value : undefined;
    });
  }
}

/** One metric, as it is. */
export function plain(metric: MetricName): Series {
  return (watch, now, minutes) => watch.recent(metric, now, minutes);
}

/** An alarm: `of` datapoints, of which so many must breach. Missing data counts as `missing`, AWS's own default. */
export interface Rule {
  readonly breaching: number;
  readonly of: number;
  readonly breaches: (value: number) => boolean;
}

/** Real datapoints count before missing ones, also older ones. Without any the state is unknown, and nothing happens. */
export function isInAlarm(series: Series, { breaching, of, breaches }: Rule, watch: CloudWatch, now: number) {
  const known = series(watch, now, of + LOOKS_BACK)
    .filter((value) => value !== undefined)
    .slice(0, of);
  return known.length > 0 && known.filter(breaches).length >= Math.min(breaching, known.length);
}

/** The newest value that is there. */
export function newest(series: Series, watch: CloudWatch, now: number): number | undefined {
  return series(watch, now, 1 + LOOKS_BACK + 2).find((value) => value !== undefined);
}

/**
 * `(FILL(inflight, 0) + FILL(visible, 0) × mean / latency) / IF(FILL(running, 0) > 1, FILL(running, 0), 1)`: what this
 * repository tracked before. Points that are not there yet are 0, and those are always the newest.
 */
export function loadByMath(latencySeconds: number, meanJobSeconds: number): Series {
  return (watch, now, minutes) => {
    const of = (metric: MetricName) => filled(metric, watch, now, minutes);
    const [visible, running] = [of('visible'), of('running')];
    return of('inFlight').map(
      (jobs, back) =>
        (jobs + ((visible[back] ?? 0) * meanJobSeconds) / latencySeconds) / Math.max(running[back] ?? 0, 1),
    );
  };
}

/** `FILL(visible, 0) / IF(FILL(running, 0) > 1, FILL(running, 0), 1)` (AWS: "Scaling policy based on Amazon SQS"). */
export const backlogByMath: Series = (watch, now, minutes) => {
  const running = filled('running', watch, now, minutes);
  return filled('visible', watch, now, minutes).map((jobs, back) => jobs / Math.max(running[back] ?? 0, 1));
};

/** `IF(FILL(jobs, 0) > 0 AND FILL(running, 0) < 1, 1, 0)`: what started the first worker before. */
export const strandedByMath: Series = (watch, now, minutes) => {
  const running = filled('running', watch, now, minutes);
  return filled('visible', watch, now, minutes).map((jobs, back) =>
    jobs > 0 && (running[back] ?? 0) < 1 ? 1 : 0,
  );
};

function filled(metric: MetricName, watch: CloudWatch, now: number, minutes: number): number[] {
  return watch.recent(metric, now, minutes).map((value) => value ?? 0);
}
