/** Turns what was asked of an uploaded file into jobs, however often the line drops in between. */

import { asProblem } from '@wavefleet/client/problem.ts';
import { backoffMs, type Sleep } from '@wavefleet/client/wait.ts';
import type { Submitted } from '@wavefleet/contracts/http.ts';
import type { Conversion } from '../convert/conversion.ts';
import type { Plan } from './card.ts';
import type { CardList } from './card-list.ts';

const TRIES = 6;
/** A server that has enough of this browser's jobs is waited for longer: some of them have to end first. */
const BUSY_TRIES = 60;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;

/** What submitting needs of the world. */
export interface SubmissionDeps {
  readonly submit: (fileId: string, conversion: Conversion, key: string) => Promise<Submitted>;
  /** Takes the new job in, so that it can be shown. */
  readonly load: (jobId: string) => Promise<boolean>;
  readonly sleep: Sleep;
  readonly random: () => number;
}

const never = new AbortController().signal;

/** Submits the plans of one card after the other, each card once at a time. */
export class Submissions {
  readonly #cards: CardList;
  readonly #deps: SubmissionDeps;
  readonly #busy = new Set<string>();

  constructor(cards: CardList, deps: SubmissionDeps) {
    this.#cards = cards;
    this.#deps = deps;
  }

  /** Submits every plan of the card that is not a job yet. Does nothing before the upload is done. */
  async run(id: string): Promise<void> {
    if (this.#busy.has(id)) return;
    this.#busy.add(id);
    try {
      for (let plan = this.#next(id); plan !== undefined; plan = this.#next(id)) await this.#submit(id, plan);
    } finally {
      this.#busy.delete(id);
    }
  }

  /** Plans that were refused, once more. */
  async again(id: string): Promise<void> {
    const plans = this.#cards.get(id)?.plans.map(({ problem: _old, waiting: _then, ...plan }) => plan);
    if (plans !== undefined) this.#cards.change(id, { plans });
    await this.run(id);
  }

  #next(id: string): Plan | undefined {
    const card = this.#cards.get(id);
    if (card === undefined || card.upload.phase !== 'done') return undefined;
    return card.plans.find((plan) => plan.jobId === undefined && plan.problem === undefined);
  }

  async #submit(id: string, plan: Plan): Promise<void> {
    const fileId = this.#cards.get(id)?.upload.fileId;
    if (fileId === undefined)
      return this.#refuse(id, plan, 'UPLOAD_NOT_FOUND', 'The server no longer has this file. Add it again.');
    for (let tries = 1; ; tries += 1) {
      try {
        const { jobId } = await this.#deps.submit(fileId, plan.conversion, plan.key);
        await this.#deps.load(jobId);
        return this.#cards.changePlan(id, { ...plan, jobId });
      } catch (error) {
        const { code, message, retryable, status, retryAfterMs = 0 } = asProblem(error);
        const isBusy = status === 429;
        if (!retryable || tries >= (isBusy ? BUSY_TRIES : TRIES))
          return this.#refuse(id, plan, code, message);
        if (isBusy) this.#cards.changePlan(id, { ...plan, waiting: message });
        const pauseMs = backoffMs(tries, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, this.#deps.random);
        await this.#deps.sleep(Math.max(pauseMs, retryAfterMs), never);
      }
    }
  }

  #refuse(id: string, plan: Plan, code: string, message: string): void {
    this.#cards.changePlan(id, { ...plan, problem: { code, message } });
  }
}
