/** The discrete-event simulation: jobs arrive, wait, run in the slots of tasks; tasks come, go and are reclaimed. */
import { EventHeap } from './event-heap.ts';
import type { FleetSettings } from './fleet-settings.ts';
import type { ScalingPolicy } from './policy.ts';
import { type Figures, Published } from './published.ts';
import { Queue } from './queue.ts';
import { Random } from './random.ts';
import type { RunResult, TimelinePoint } from './run-result.ts';
import { type Run, type Task, TaskPool } from './task-pool.ts';
import type { Arrival, Workload } from './workload.ts';

interface Job extends Arrival {
  waitingSince: number;
}

type Event =
  | { readonly kind: 'arrival' | 'look' | 'minute' | 'evaluate' | 'unprotected' }
  | { readonly kind: 'end'; readonly run: Run<Job> }
  | { readonly kind: 'ready' | 'reclaim' | 'stopped'; readonly task: Task<Job> };

/** `METRICS_EVERY_MS`: between two looks of the API that publishes the load. */
const LOOK_SECONDS = 20;
/** Alarms are judged once a minute, not at its beginning. */
const EVALUATED_AFTER_SECONDS = 20;
/** A fleet that is this late will never be done. */
const LONGEST_DELAY_SECONDS = 3 * 86_400;

/** The policy never got the jobs done. */
export class NeverDone extends Error {
  /** Jobs that wait still. */
  readonly left: number;

  constructor(workload: string, left: number) {
    super(`${workload}: ${left} jobs never ended`);
    this.name = 'NeverDone';
    this.left = left;
  }
}

/** @throws NeverDone when the policy never gets the jobs done. */
export function simulate(
  workload: Workload,
  policy: ScalingPolicy,
  fleet: FleetSettings,
  seed = 1,
): RunResult {
  return new Simulation(workload, policy, fleet, seed).run();
}

class Simulation {
  readonly #workload: Workload;
  readonly #policy: ScalingPolicy;
  readonly #fleet: FleetSettings;
  readonly #random: Random;
  readonly #events = new EventHeap<Event>();
  readonly #tasks: TaskPool<Job>;
  #now = 0;
  #desired: number;
  #nextArrival = 0;
  #nextLaunchAt = 0;
  readonly #queue = new Queue<Job>();
  readonly #waits: number[] = [];
  readonly #timeline: TimelinePoint[] = [];
  #busy = 0;
  readonly #sums = { audioMinutes: 0, redone: 0, lost: 0, reclaimed: 0, queued: 0, peak: 0 };
  readonly #areas = { queue: 0, busy: 0, running: 0 };
  readonly #published: Published;

  constructor(workload: Workload, policy: ScalingPolicy, fleet: FleetSettings, seed: number) {
    this.#workload = workload;
    this.#policy = policy;
    this.#fleet = fleet;
    this.#random = new Random(seed);
    // Of their own, so that jobs and tasks meet the same chance whatever is measured.
    this.#published = new Published(fleet, new Random(seed + 1_000_003));
    this.#tasks = new TaskPool(fleet.slotsPerTask);
    this.#desired = fleet.initialTasks;
  }

  run(): RunResult {
    const { arrivals, seconds } = this.#workload;
    for (let task = 0; task < this.#desired; task += 1) this.#ready(this.#tasks.launch(0));
    if (arrivals[0] !== undefined) this.#events.push(arrivals[0].at, { kind: 'arrival' });
    this.#events.push(LOOK_SECONDS, { kind: 'look' });
    this.#events.push(60, { kind: 'minute' });
    while (this.#waits.length < arrivals.length || this.#now < seconds) {
      const next = this.#events.pop();
      if (next === undefined || next.at > seconds + LONGEST_DELAY_SECONDS)
        throw new NeverDone(this.#workload.name, arrivals.length - this.#waits.length);
      this.#advance(next.at);
      this.#happen(next.event);
    }
    return {
      arrived: this.#nextArrival,
      finished: this.#waits.length,
      waits: Float64Array.from(this.#waits).sort(),
      audioMinutes: this.#sums.audioMinutes,
      redone: this.#sums.redone,
      lostSeconds: this.#sums.lost,
      reclaimed: this.#sums.reclaimed,
      taskSeconds: this.#tasks.paidSeconds(this.#now),
      busySlotSeconds: this.#areas.busy,
      queueArea: this.#areas.queue,
      queuedSeconds: this.#sums.queued,
      seconds: this.#now,
      peakTasks: this.#sums.peak,
      timeline: this.#timeline,
    };
  }

  #advance(at: number): void {
    const passed = at - this.#now;
    this.#areas.queue += passed * this.#queue.length;
    this.#areas.busy += passed * this.#busy;
    this.#areas.running += passed * this.#tasks.running;
    this.#now = at;
  }

  #happen(event: Event): void {
    switch (event.kind) {
      case 'arrival':
        this.#arrive();
        break;
      case 'end':
        this.#end(event.run);
        break;
      case 'ready':
        if (event.task.state === 'starting') this.#ready(event.task);
        break;
      case 'reclaim':
        this.#reclaim(event.task);
        break;
      case 'stopped':
        this.#tasks.stopped(event.task, this.#now);
        break;
      case 'unprotected':
        this.#reconcile();
        break;
      case 'minute':
        this.#minute();
        break;
      case 'look':
        this.#look();
        break;
      case 'evaluate':
        this.#desired = this.#policy.decide(this.#published.watch, this.#desired, this.#now);
        this.#reconcile();
    }
  }

  #arrive(): void {
    const arrival = this.#workload.arrivals[this.#nextArrival];
    if (arrival === undefined) return;
    this.#nextArrival += 1;
    this.#queue.add({ ...arrival, waitingSince: this.#now });
    const next = this.#workload.arrivals[this.#nextArrival];
    if (next !== undefined) this.#events.push(next.at, { kind: 'arrival' });
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const task = this.#tasks.pickOpen(this.#random);
      if (task === undefined) return;
      const job = this.#queue.take();
      this.#sums.queued += this.#now - job.waitingSince;
      const run = {
        job,
        task,
        startedAt: this.#now,
        endsAt: this.#now + job.serviceSeconds,
        cancelled: false,
      };
      this.#tasks.begin(run);
      this.#busy += 1;
      this.#events.push(run.endsAt, { kind: 'end', run });
    }
  }

  #end(run: Run<Job>): void {
    if (run.cancelled) return;
    const unprotectedAt = this.#now + (this.#fleet.isProtected ? this.#fleet.lingerSeconds : 0);
    this.#tasks.end(run, unprotectedAt);
    this.#busy -= 1;
    this.#waits.push(Math.max(0, run.startedAt - run.job.at));
    this.#published.jobEnded(this.#now, run.endsAt - run.startedAt);
    this.#sums.audioMinutes += run.job.audioMinutes;
    this.#dispatch();
    if (this.#tasks.wantedOnes > this.#desired) this.#events.push(unprotectedAt, { kind: 'unprotected' });
  }

  #ready(task: Task<Job>): void {
    this.#tasks.ready(task);
    this.#sums.peak = Math.max(this.#sums.peak, this.#tasks.running);
    const { reclaimsPerTaskHour } = this.#fleet;
    if (reclaimsPerTaskHour > 0) {
      const livesFor = this.#random.exponential(3_600 / reclaimsPerTaskHour);
      this.#events.push(this.#now + livesFor, { kind: 'reclaim', task });
    }
    this.#dispatch();
  }

  /** Spot takes its capacity back; what follows is the two-minute notice's drain. */
  #reclaim(task: Task<Job>): void {
    if (task.state !== 'running') return;
    this.#sums.reclaimed += 1;
    this.#drain(task);
    this.#reconcile();
  }

  /** SIGTERM, whoever sent it: what ends in time is finished, the rest handed over at once. */
  #drain(task: Task<Job>): void {
    this.#tasks.stopping(task);
    let endsAt = this.#now + this.#fleet.stopSeconds;
    for (const run of task.runs) {
      if (run.endsAt - this.#now < this.#fleet.drainSeconds) {
        endsAt = Math.max(endsAt, run.endsAt);
        continue;
      }
      run.cancelled = true;
      task.runs.delete(run);
      this.#busy -= 1;
      this.#sums.redone += 1;
      this.#sums.lost += this.#now - run.startedAt;
      this.#queue.giveBack({ ...run.job, waitingSince: this.#now });
    }
    this.#events.push(endsAt, { kind: 'stopped', task });
    this.#dispatch();
  }

  /** What the ECS service does all the time: as many tasks as desired. */
  #reconcile(): void {
    const { startUp, launchesPerSecond, isProtected } = this.#fleet;
    while (this.#tasks.wantedOnes < this.#desired) {
      const at = Math.max(this.#now, this.#nextLaunchAt);
      this.#nextLaunchAt = at + 1 / launchesPerSecond;
      const readyAt = at + this.#random.logNormal(startUp.median, startUp.sigma);
      this.#events.push(readyAt, { kind: 'ready', task: this.#tasks.launch(at) });
    }
    while (this.#tasks.wantedOnes > this.#desired) {
      const task = isProtected ? this.#tasks.spare(this.#now) : this.#tasks.any(this.#random);
      if (task === undefined) return;
      this.#drain(task);
    }
  }

  #look(): void {
    this.#published.look(this.#figures());
    this.#events.push(this.#now + LOOK_SECONDS, { kind: 'look' });
  }

  #minute(): void {
    const figures = this.#figures();
    this.#published.minute(figures);
    this.#events.push(this.#now + EVALUATED_AFTER_SECONDS, { kind: 'evaluate' });
    this.#events.push(this.#now + 60, { kind: 'minute' });
    const { now: at, waiting, running, busy: busySlots } = figures;
    this.#timeline.push({ at, waiting, desired: this.#desired, running, busySlots });
  }

  #figures(): Figures {
    return {
      now: this.#now,
      waiting: this.#queue.length,
      busy: this.#busy,
      running: this.#tasks.running,
      busySeconds: this.#areas.busy,
      runningSeconds: this.#areas.running,
    };
  }
}
