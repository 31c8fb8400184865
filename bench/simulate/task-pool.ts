/** The tasks of one ECS service: which run, which have a free slot, which may be stopped, and what they cost. */
import type { Random } from './random.ts';

/** A job in a slot. `cancelled` when it was handed over: its end event then means nothing. */
export interface Run<J> {
  readonly job: J;
  readonly task: Task<J>;
  readonly startedAt: number;
  readonly endsAt: number;
  cancelled: boolean;
}

export interface Task<J> {
  state: 'starting' | 'running' | 'stopping' | 'stopped';
  readonly launchedAt: number;
  readonly runs: Set<Run<J>>;
  /** Scale-in protection outlasts the last job until then. */
  protectedUntil: number;
  /** Place in the list of tasks with a free slot; -1 when not in it. */
  openIndex: number;
}

/** Fargate bills by the second, with a minimum of one minute (aws.amazon.com/fargate/pricing). */
const LEAST_BILLED_SECONDS = 60;

export class TaskPool<J> {
  readonly #slots: number;
  readonly #open: Task<J>[] = [];
  readonly #starting = new Set<Task<J>>();
  readonly #running = new Set<Task<J>>();
  readonly #stopping = new Set<Task<J>>();
  #paidSeconds = 0;

  constructor(slotsPerTask: number) {
    this.#slots = slotsPerTask;
  }

  get starting(): number {
    return this.#starting.size;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Those that ECS counts towards the desired number. */
  get wantedOnes(): number {
    return this.#starting.size + this.#running.size;
  }

  launch(now: number): Task<J> {
    const task: Task<J> = {
      state: 'starting',
      launchedAt: now,
      runs: new Set(),
      protectedUntil: 0,
      openIndex: -1,
    };
    this.#starting.add(task);
    return task;
  }

  ready(task: Task<J>): void {
    this.#starting.delete(task);
    this.#running.add(task);
    task.state = 'running';
    this.#addOpen(task);
  }

  /** A task with a free slot, at random as SQS hands messages out; undefined when all are full. */
  pickOpen(random: Random): Task<J> | undefined {
    return this.#open[random.below(this.#open.length)];
  }

  begin(run: Run<J>): void {
    run.task.runs.add(run);
    if (run.task.runs.size === this.#slots) this.#removeOpen(run.task);
  }

  end(run: Run<J>, protectedUntil: number): void {
    const { task } = run;
    task.runs.delete(run);
    task.protectedUntil = protectedUntil;
    if (task.state === 'running' && task.openIndex === -1) this.#addOpen(task);
  }

  /** A task that scaling in may stop: one still starting, else an idle one without protection. */
  spare(now: number): Task<J> | undefined {
    for (const task of this.#starting) return task;
    return this.#open.find((task) => task.runs.size === 0 && task.protectedUntil <= now);
  }

  /** Any task: what scaling in stops when nothing is protected. */
  any(random: Random): Task<J> | undefined {
    for (const task of this.#starting) return task;
    return [...this.#running][random.below(this.#running.size)];
  }

  /** No new job for it; it still costs until {@link stopped}. */
  stopping(task: Task<J>): void {
    this.#starting.delete(task);
    this.#running.delete(task);
    this.#removeOpen(task);
    task.state = 'stopping';
    this.#stopping.add(task);
  }

  stopped(task: Task<J>, now: number): void {
    this.#stopping.delete(task);
    task.state = 'stopped';
    this.#paidSeconds += billed(task, now);
  }

  /** Task-seconds paid, if everything ended now. */
  paidSeconds(now: number): number {
    let sum = this.#paidSeconds;
    for (const group of [this.#starting, this.#running, this.#stopping])
      for (const task of group) sum += billed(task, now);
    return sum;
  }

  #addOpen(task: Task<J>): void {
    task.openIndex = this.#open.length;
    this.#open.push(task);
  }

  #removeOpen(task: Task<J>): void {
    const last = this.#open.at(-1);
    if (task.openIndex === -1 || last === undefined) return;
    this.#open[task.openIndex] = last;
    last.openIndex = task.openIndex;
    this.#open.pop();
    task.openIndex = -1;
  }
}

function billed<J>(task: Task<J>, now: number): number {
  return Math.max(LEAST_BILLED_SECONDS, now - task.launchedAt);
}
