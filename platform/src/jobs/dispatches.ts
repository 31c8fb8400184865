/**
 * Notes of jobs whether their message is on the queue. A job is stored as unsent, and a sweeper wakes it when it stays so:
 * whoever dies between the record and the message loses no job. That the message went is only noted of jobs that still wait
 * a heartbeat later. Most do not, and the claim takes the mark off by the way. That it did not go is noted at once.
 *
 * What is still to be noted is lost with its process. Then each of these jobs is sent one message more, which is
 * harmless, or its own when its reminder is due.
 */
import type { JobReminders } from './reminders.ts';
import { type JobStore, RECORDS_A_CALL } from './store.ts';

/** Notes that are written side by side. */
const SIDE_BY_SIDE = 8;
/** Of the time after which one is noted: so much later with others, so that many are looked at in one call. */
const TOGETHER = 0.25;

interface Dispatch {
  readonly jobId: string;
  readonly atMs: number;
  readonly wasSent: boolean;
}

export interface DispatchTimes {
  /** Until it is noted that a message was sent: well before the reminder of an unsent job is due (`submit.ts`). */
  readonly noteAfterMs: number;
  /** A job whose message was sent is not looked at before that. */
  readonly redispatchAfterMs: number;
}

export class Dispatches {
  readonly #jobs: Pick<JobStore, 'unsentOf'>;
  readonly #reminders: Pick<JobReminders, 'dispatched' | 'hurry'>;
  readonly #times: DispatchTimes;
  #waiting: Dispatch[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    jobs: Pick<JobStore, 'unsentOf'>,
    reminders: Pick<JobReminders, 'dispatched' | 'hurry'>,
    times: DispatchTimes,
  ) {
    this.#jobs = jobs;
    this.#reminders = reminders;
    this.#times = times;
  }

  /** The job's message was sent just now. Never throws, and waits for nothing. */
  sent(jobId: string): void {
    this.#later({ jobId, atMs: Date.now(), wasSent: true });
  }

  /** It could not be sent: the next sweep shall. Never throws, and waits for nothing. */
  missed(jobId: string): void {
    void this.#noteMissed(jobId);
  }

  #later(dispatch: Dispatch): void {
    this.#waiting.push(dispatch);
    if (this.#timer === undefined) this.#plan();
  }

  /** Notes at once all that is to be noted, as a process does before it ends. Never throws. */
  async settle(): Promise<void> {
    await this.#note(this.#waiting.splice(0));
  }

  #plan(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#timer = undefined;
      return;
    }
    const inMs = Math.max(0, first.atMs + (1 + TOGETHER) * this.#times.noteAfterMs - Date.now());
    // Who ends without settling only leaves a message too many.
    this.#timer = setTimeout(() => void this.#noteDue(), inMs).unref();
  }

  async #noteDue(): Promise<void> {
    const before = Date.now() - this.#times.noteAfterMs;
    // In the order in which they were sent.
    const later = this.#waiting.findIndex(({ atMs }) => atMs > before);
    const due = this.#waiting.splice(0, later === -1 ? this.#waiting.length : later);
    this.#plan();
    await this.#note(due);
  }

  async #note(all: readonly Dispatch[]): Promise<void> {
    const unsent = await this.#unsentOf(all.filter(({ wasSent }) => wasSent).map(({ jobId }) => jobId));
    // Hardly any needs the write: most have been claimed.
    const left = all.filter(({ jobId, wasSent }) => !wasSent || unsent.has(jobId));
    const lane = async () => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) await this.#noteOne(one);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  }

  /** A look costs a fifth of a write. Those that cannot be seen are left out. */
  async #unsentOf(jobIds: readonly string[]): Promise<ReadonlySet<string>> {
    const unsent = new Set<string>();
    for (let at = 0; at < jobIds.length; at += RECORDS_A_CALL) {
      const some = new Set(jobIds.slice(at, at + RECORDS_A_CALL));
      for (const jobId of await this.#jobs.unsentOf(some).catch(() => [])) unsent.add(jobId);
    }
    return unsent;
  }

  async #noteOne({ jobId, atMs, wasSent }: Dispatch): Promise<void> {
    if (!wasSent) return await this.#noteMissed(jobId);
    // What cannot be noted is sent one message more. The call log tells of the trouble.
    await this.#reminders.dispatched(jobId, atMs + this.#times.redispatchAfterMs).catch(() => undefined);
  }

  async #noteMissed(jobId: string): Promise<void> {
    await this.#reminders.hurry(jobId).catch(() => {
      this.#later({ jobId, atMs: Date.now(), wasSent: false });
    });
  }
}
