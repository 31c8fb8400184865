/** What becomes metrics of a simulated fleet: the looks of the API that publishes, and what AWS reports each minute. */
import { desiredLoad, meanSeconds } from '@wavefleet/api/load/fleet-load.ts';
import { CloudWatch, type MetricName } from './cloudwatch.ts';
import type { FleetSettings } from './fleet-settings.ts';
import { LastHour } from './last-hour.ts';
import type { Random } from './random.ts';

/** A fleet at one moment. Times in seconds. */
export interface Figures {
  readonly now: number;
  readonly waiting: number;
  /** Slots at work. */
  readonly busy: number;
  /** Tasks that take jobs. */
  readonly running: number;
  /** Slots at work and tasks that took jobs, each times seconds, since the simulation began. */
  readonly busySeconds: number;
  readonly runningSeconds: number;
}

export class Published {
  /** What has been published, as alarms see it. */
  readonly watch: CloudWatch;
  readonly #fleet: FleetSettings;
  readonly #lastHour = new LastHour();
  #minuteBefore = { busySeconds: 0, runningSeconds: 0 };
  /** Of this minute's looks: their sum, and how many they were. */
  #looks = { load: 0, loads: 0, stranded: 0, count: 0 };

  /** @param random says how late each datapoint comes. */
  constructor(fleet: FleetSettings, random: Random) {
    this.#fleet = fleet;
    this.watch = new CloudWatch(fleet.deliveries, random);
  }

  jobEnded(now: number, tookSeconds: number): void {
    this.#lastHour.note(now, tookSeconds);
  }

  /** One look of the API, by its own arithmetic. */
  look({ now, waiting, busy, running }: Figures): void {
    const { slotsPerTask, targetLatency, meanJobSeconds } = this.#fleet;
    const slots = { running: running * slotsPerTask, busy };
    const load = desiredLoad(
      {
        ...{ backlog: waiting, slots, oldestWaitingSeconds: undefined, deadLetters: 0 },
        meanJobSeconds: meanSeconds(this.#lastHour.sum(now), meanJobSeconds),
      },
      targetLatency,
    );
    if (load !== undefined) {
      this.#looks.load += load;
      this.#looks.loads += 1;
    }
    if (slots.running === 0) this.#looks.stranded = Math.max(this.#looks.stranded, waiting);
    this.#looks.count += 1;
  }

  /** A minute has ended: a datapoint of each metric, of its looks and of what AWS itself sees. */
  minute({ now, waiting, busy, running, busySeconds, runningSeconds }: Figures): void {
    const minute = Math.round(now / 60);
    const put = (metric: MetricName, value: number | undefined) => this.watch.put(metric, minute, value);
    put('visible', waiting);
    put('inFlight', busy);
    put('running', running);
    const slotSeconds = (runningSeconds - this.#minuteBefore.runningSeconds) * this.#fleet.slotsPerTask;
    const usedSeconds = busySeconds - this.#minuteBefore.busySeconds;
    put('cpu', slotSeconds > 0 ? Math.min(1, usedSeconds / slotSeconds) : undefined);
    const { load, loads, stranded, count } = this.#looks;
    put('desiredLoad', loads > 0 ? load / loads : undefined);
    put('stranded', count > 0 ? stranded : undefined);
    this.#minuteBefore = { busySeconds, runningSeconds };
    this.#looks = { load: 0, loads: 0, stranded: 0, count: 0 };
  }
}
