/**
 * Notes of jobs that their message is on the queue. A job is stored as unsent, and a sweeper wakes it when it stays so:
 * whoever dies between the record and the message loses no job. The note that the message went is only written for
 * jobs that still wait some seconds later. Most do not, and the claim takes the mark off by the way.
 *
 * What is still to be noted is lost with its process. Then each of these jobs is sent one message more, which is
 * harmless.
 */
import type { JobReminders } from './reminders.ts';
import type { JobStore } from './store.ts';

/** Well before the reminder of an unsent job is due (`submit.ts`). */
const NOTE_AFTER_MS = 2_500;
/** Notes that are written side by side. */
const SIDE_BY_SIDE = 8;

interface Sent {
  readonly jobId: string;
  readonly atMs: number;
}

export class Dispatches {
  readonly #jobs: Pick<JobStore, 'get'>;
  readonly #reminders: Pick<JobReminders, 'dispatched'>;
  readonly #redispatchAfterMs: number;
  #waiting: Sent[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param redispatchAfterMs a job whose message was sent is not looked at before that. */
  constructor(
    jobs: Pick<JobStore, 'get'>,
    reminders: Pick<JobReminders, 'dispatched'>,
    redispatchAfterMs: number,
  ) {
    this.#jobs = jobs;
    this.#reminders = reminders;
    this.#redispatchAfterMs = redispatchAfterMs;
  }

  /** The job's message was sent just now. Never throws, and waits for nothing. */
  sent(jobId: string): void {
    this.#waiting.push({ jobId, atMs: Date.now() });
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
    const inMs = Math.max(0, first.atMs + NOTE_AFTER_MS - Date.now());
    // Who ends without settling only leaves a message too many.
    this.#timer = setTimeout(() => void this.#noteDue(), inMs).unref();
  }

  async #noteDue(): Promise<void> {
    const before = Date.now() - NOTE_AFTER_MS;
    // In the order in which they were sent.
    const later = this.#waiting.findIndex(({ atMs }) => atMs > before);
    const due = this.#waiting.splice(0, later === -1 ? this.#waiting.length : later);
    this.#plan();
    await this.#note(due);
  }

  async #note(all: Sent[]): Promise<void> {
    const lane = async () => {
      for (let sent = all.shift(); sent !== undefined; sent = all.shift()) await this.#noteOne(sent);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  }

  /** A look costs a fifth of a write, and hardly any job needs the write. */
  async #noteOne({ jobId, atMs }: Sent): Promise<void> {
    try {
      const job = await this.#jobs.get(jobId);
      if (job?.status === 'created' && job.unsent === true) {
        await this.#reminders.dispatched(jobId, atMs + this.#redispatchAfterMs);
      }
    } catch {
      // The job is sent one message more. The call log tells of the trouble.
    }
  }
}
