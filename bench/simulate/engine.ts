/** The discrete-event simulation: jobs arrive, wait, run in the slots of tasks; tasks come, go and are reclaimed. */
import { EventHeap } from './event-heap.ts';
import type { FleetSettings } from './fleet-settings.ts';
import type { Datapoint, ScalingPolicy } from './policy.ts';
import { Random } from './random.ts';
import type { RunResult, TimelinePoint } from './run-result.ts';
import { type Run, type Task, TaskPool } from './task-pool.ts';
import type { Arrival, Workload } from './workload.ts';

interface Job extends Arrival {
  waitingSince: number;
}

type Event =
  | { readonly kind: 'arrival' | 'minute' | 'unprotected' }
  | { readonly kind: 'end'; readonly run: Run<Job> }
  | { readonly kind: 'ready' | 'reclaim' | 'stopped'; readonly task: Task<Job> }
  | { readonly kind: 'datapoint'; readonly datapoint: Datapoint };

/** A fleet that is this late will never be done. */
const LONGEST_DELAY_SECONDS = 14 * 86_400;

/** @throws Error when the policy never gets the jobs done. */
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
  readonly #queue: Job[] = [];
  #queueHead = 0;
  /** Handed over: older than all that wait, so they go first. */
  readonly #returned: Job[] = [];
  readonly #waits: number[] = [];
  readonly #timeline: TimelinePoint[] = [];
  #busy = 0;
  readonly #sums = { audioMinutes: 0, redone: 0, lost: 0, reclaimed: 0, queued: 0, peak: 0 };
  readonly #areas = { queue: 0, busy: 0, running: 0 };
  #areasAtMinute = { busy: 0, running: 0 };

  constructor(workload: Workload, policy: ScalingPolicy, fleet: FleetSettings, seed: number) {
    this.#workload = workload;
    this.#policy = policy;
    this.#fleet = fleet;
    this.#random = new Random(seed);
    this.#tasks = new TaskPool(fleet.slotsPerTask);
    this.#desired = fleet.initialTasks;
  }

  run(): RunResult {
    const { arrivals, seconds } = this.#workload;
    for (let task = 0; task < this.#desired; task += 1) this.#ready(this.#tasks.launch(0));
    if (arrivals[0] !== undefined) this.#events.push(arrivals[0].at, { kind: 'arrival' });
    this.#events.push(60, { kind: 'minute' });
    while (this.#waits.length < arrivals.length || this.#now < seconds) {
      const next = this.#events.pop();
      if (next === undefined || next.at > seconds + LONGEST_DELAY_SECONDS)
        throw new Error(`${this.#workload.name}: ${arrivals.length - this.#waits.length} jobs never ended`);
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

  get #waiting(): number {
    return this.#queue.length - this.#queueHead + this.#returned.length;
  }

  #advance(at: number): void {
    const passed = at - this.#now;
    this.#areas.queue += passed * this.#waiting;
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
      case 'datapoint':
        this.#desired = this.#policy.decide(event.datapoint, this.#desired, this.#now);
        this.#reconcile();
    }
  }

  #arrive(): void {
    const arrival = this.#workload.arrivals[this.#nextArrival];
    if (arrival === undefined) return;
    this.#nextArrival += 1;
    this.#queue.push({ ...arrival, waitingSince: this.#now });
    const next = this.#workload.arrivals[this.#nextArrival];
    if (next !== undefined) this.#events.push(next.at, { kind: 'arrival' });
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#waiting > 0) {
      const task = this.#tasks.pickOpen(this.#random);
      if (task === undefined) return;
      const job = this.#returned.pop() ?? this.#takeFirst();
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

  #takeFirst(): Job {
    const job = this.#queue[this.#queueHead];
    if (job === undefined) throw new Error('taken from an empty queue');
    this.#queueHead += 1;
    if (this.#queueHead > 10_000) {
      this.#queue.splice(0, this.#queueHead);
      this.#queueHead = 0;
    }
    return job;
  }

  #end(run: Run<Job>): void {
    if (run.cancelled) return;
    const unprotectedAt = this.#now + (this.#fleet.isProtected ? this.#fleet.lingerSeconds : 0);
    this.#tasks.end(run, unprotectedAt);
    this.#busy -= 1;
    this.#waits.push(Math.max(0, run.startedAt - run.job.at));
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
      this.#returned.push({ ...run.job, waitingSince: this.#now });
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

  #minute(): void {
    const running = this.#areas.running - this.#areasAtMinute.running;
    const busy = this.#areas.busy - this.#areasAtMinute.busy;
    this.#areasAtMinute = { busy: this.#areas.busy, running: this.#areas.running };
    const datapoint = {
      visible: this.#waiting,
      inFlight: this.#busy,
      running: this.#tasks.running,
      cpu: running > 0 ? Math.min(1, busy / (running * this.#fleet.slotsPerTask)) : undefined,
    };
    this.#events.push(this.#now + this.#fleet.metricDelay, { kind: 'datapoint', datapoint });
    this.#events.push(this.#now + 60, { kind: 'minute' });
    this.#timeline.push({
      at: this.#now,
      waiting: this.#waiting,
      desired: this.#desired,
      running: this.#tasks.running,
      busySlots: this.#busy,
    });
  }
}
