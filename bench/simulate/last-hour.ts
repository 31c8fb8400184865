/** How long the jobs of the last hour took, in parts of five minutes, as workers note it in Redis (`JobPace`). */
import type { HourOfJobs } from '@wavefleet/platform/progress/pace.ts';

const PART_SECONDS = 300;
const PARTS = 12;

export class LastHour {
  readonly #parts: { part: number; jobs: number; totalMs: number }[] = [];

  /** A job ended at `now` that took so long. Seconds. */
  note(now: number, took: number): void {
    const part = Math.floor(now / PART_SECONDS);
    let newest = this.#parts.at(-1);
    if (newest?.part !== part) {
      newest = { part, jobs: 0, totalMs: 0 };
      this.#parts.push(newest);
      if (this.#parts.length > PARTS) this.#parts.shift();
    }
    newest.jobs += 1;
    newest.totalMs += took * 1000;
  }

  /** All of them. */
  sum(now: number): HourOfJobs {
    const oldest = Math.floor(now / PART_SECONDS) - PARTS;
    const parts = this.#parts.filter(({ part }) => part > oldest);
    return {
      jobs: parts.reduce((all, { jobs }) => all + jobs, 0),
      totalMs: parts.reduce((all, { totalMs }) => all + totalMs, 0),
    };
  }
}
