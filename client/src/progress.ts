/** How far jobs are, over HTTP. */
import { heardProgressSchema, type ProgressView } from '@wavefleet/contracts/progress.ts';
import type { EventOptions } from './event-stream.ts';
import { type CallOptions, path, type Requests } from './requests.ts';

/** `client.progress`. */
export class ProgressCalls {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** One look. */
  get(jobId: string, options?: CallOptions): Promise<ProgressView> {
    return this.#requests.json(heardProgressSchema, path`/api/progress?jobId=${jobId}`, options);
  }

  /** The address of a job's event stream, for a browser's own EventSource. */
  eventsUrl(jobId: string): string {
    return this.#requests.url(path`/api/jobs/${jobId}/events`);
  }

  /**
   * Every change, from a snapshot up to and with the terminal one. A stream that breaks off goes on where it was.
   * @throws Problem when it cannot be taken up again.
   */
  async *events(jobId: string, options?: EventOptions): AsyncGenerator<ProgressView, void, void> {
    // Loaded when first used: pages listen by their browser's EventSource and never need it.
    const { progressEvents } = await import('./event-stream.ts');
    yield* progressEvents(this.#requests, this.eventsUrl(jobId), options);
  }
}
