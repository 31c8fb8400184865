/** Jobs over HTTP: asking for conversions, looking at them, ending them. */
import { type HistoryTotals, historyTotalsSchema } from '@wavefleet/contracts/history-search.ts';
import {
  cleanupAnswerSchema,
  endedJobSchema,
  heardJobListSchema,
  heardJobSchema,
  type JobList,
  type JobView,
  type RetryBody,
  type SubmitBody,
  type Submitted,
  submittedSchema,
} from '@wavefleet/contracts/http.ts';
import { isTerminal, type JobStatus, type TerminalStatus } from '@wavefleet/contracts/states.ts';
import { Problem } from './problem.ts';
import { type CallOptions, path, type Requests } from './requests.ts';
import { sleep } from './wait.ts';

/** What is looked for in a history. All that is given must hold. */
export interface JobSearch {
  /** Default: jobs in any state. */
  readonly status?: JobStatus | undefined;
  /** Of the result. Default: any. */
  readonly format?: string | undefined;
  /** A part of the file's name, whatever the case of letters. */
  readonly name?: string | undefined;
  /** Made at this moment or later: ISO 8601 with its offset, or a day, which begins in UTC. */
  readonly from?: string | undefined;
  /** Made earlier than this. */
  readonly before?: string | undefined;
}

/** Which jobs of a history to list, newest first. */
export interface JobQuery extends JobSearch {
  /** Most jobs in one answer. Default: the server's. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before, of the same search. */
  readonly cursor?: string | undefined;
}

/** How patiently to wait for the end of a job. */
export interface WaitOptions {
  /** How long to wait at most, in ms. Default 60,000. */
  readonly timeoutMs?: number;
  /** Pause between two looks, in ms. Default 50. */
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
}

/** `client.jobs`. */
export class JobCalls {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /**
   * Asks for one conversion of an uploaded file: to a `format`, or by a `preset`, the caller's own or a built-in one.
   * @param options.idempotencyKey the same key and order give the same job, however often it is asked for.
   */
  submit(
    order: SubmitBody,
    { idempotencyKey, ...options }: CallOptions & { idempotencyKey?: string } = {},
  ): Promise<Submitted> {
    const headers = { 'Idempotency-Key': idempotencyKey };
    return this.#requests.json(submittedSchema, '/api/jobs', {
      ...options,
      method: 'POST',
      json: order,
      headers,
    });
  }

  /** @throws Problem JOB_NOT_FOUND. */
  get(jobId: string, options?: CallOptions): Promise<JobView> {
    return this.#requests.json(heardJobSchema, path`/api/jobs/${jobId}`, options);
  }

  /** One page of the caller's history. */
  list(query: JobQuery = {}, options?: CallOptions): Promise<JobList> {
    return this.#requests.json(heardJobListSchema, `/api/jobs?${searchOf(query)}`, options);
  }

  /**
   * What all jobs come to that fit: one request for each 5,000 of them. Jobs that come or go meanwhile may be in it or
   * not.
   */
  async totals(search: JobSearch = {}, options?: CallOptions): Promise<Omit<HistoryTotals, 'nextCursor'>> {
    const sum = { jobs: 0, completed: 0, audioMs: 0, inputBytes: 0, outputBytes: 0 };
    let cursor: string | null | undefined;
    do {
      const path = `/api/jobs/totals?${searchOf({ ...search, cursor })}`;
      const part = await this.#requests.json(historyTotalsSchema, path, options);
      sum.jobs += part.jobs;
      sum.completed += part.completed;
      sum.audioMs += Math.round(part.audioSeconds * 1000);
      sum.inputBytes += part.inputBytes;
      sum.outputBytes += part.outputBytes;
      cursor = part.nextCursor;
    } while (cursor !== null);
    const { audioMs, ...counts } = sum;
    return { ...counts, audioSeconds: audioMs / 1000 };
  }

  /** The list of all jobs that fit, as the server streams it. @throws Problem EXPORTS_LIMIT. */
  exportAll(as: 'csv' | 'json', search: JobSearch = {}, options?: CallOptions): Promise<Response> {
    return this.#requests.open(`/api/jobs/export?${searchOf({ as, ...search })}`, options);
  }

  /** Where that list is, for a link in a browser. */
  exportUrl(as: 'csv' | 'json', search: JobSearch = {}): string {
    return this.#requests.url(`/api/jobs/export?${searchOf({ as, ...search })}`);
  }

  /**
   * Runs a failed or cancelled job again as a new job, with `changes` to what was asked.
   * @param options.idempotencyKey as for {@link submit}.
   */
  retry(
    jobId: string,
    changes: RetryBody = {},
    { idempotencyKey, ...options }: CallOptions & { idempotencyKey?: string } = {},
  ): Promise<Submitted> {
    const headers = { 'Idempotency-Key': idempotencyKey };
    const ask = { ...options, method: 'POST', json: changes, headers } as const;
    return this.#requests.json(submittedSchema, path`/api/jobs/${jobId}/retry`, ask);
  }

  /**
   * Cancels a job that is active, deletes one that has ended together with its result.
   * @returns the state in which an active job ended (it may have been finished in that very moment), or `deleted`.
   */
  async remove(jobId: string, options?: CallOptions): Promise<TerminalStatus | 'deleted'> {
    const ask = { ...options, method: 'DELETE' } as const;
    const ended = await this.#requests.json(endedJobSchema.optional(), path`/api/jobs/${jobId}`, ask);
    return ended?.status ?? 'deleted';
  }

  /**
   * Deletes what a finished job occupies: its result, and its upload when no other job needs it. The job stays in
   * the history. May be repeated.
   * @throws Problem JOB_ACTIVE while it runs.
   */
  async cleanUp(jobId: string, options?: CallOptions): Promise<{ deletedObjects: number }> {
    const ask = { ...options, method: 'POST', json: { jobId } } as const;
    return await this.#requests.json(cleanupAnswerSchema, '/api/cleanup', ask);
  }

  /**
   * The job once it has ended, well or not, by looking at it again and again.
   * @throws Problem, with the code STILL_ACTIVE after `timeoutMs`.
   */
  async waitForEnd(jobId: string, options: WaitOptions = {}): Promise<JobView> {
    const { timeoutMs = 60_000, everyMs = 50, signal } = options;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const job = await this.get(jobId, { signal });
      if (isTerminal(job.status)) return job;
      if (performance.now() > deadline) throw stillActive(job, timeoutMs);
      await sleep(everyMs, signal);
    }
  }
}

const stillActive = ({ jobId, status }: JobView, timeoutMs: number): Problem =>
  new Problem('STILL_ACTIVE', `The job is still ${status} after ${timeoutMs / 1000} s. It was not stopped.`, {
    retryable: true,
    detail: { jobId, status },
  });

/** What is set, as a query. */
function searchOf(
  values: Omit<JobQuery, 'cursor'> & { readonly as?: string; readonly cursor?: string | null | undefined },
): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== null) search.set(name, String(value));
  return search;
}
