/** What the server is and how it fares. */
import { type Catalogue, catalogueSchema, type Health, healthSchema } from '@wavefleet/contracts/http.ts';
import type { CallOptions, Requests } from './requests.ts';

/** `client.service`. */
export class ServiceCalls {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** What the server takes, makes and limits. */
  catalogue(options?: CallOptions): Promise<Catalogue> {
    return this.#requests.json(catalogueSchema, '/api/formats', options);
  }

  /** Every dependency and its breaker; a server that is `down` answers too, with status 503. */
  health(options?: CallOptions): Promise<Health> {
    return this.#requests.json(healthSchema, '/api/health', { ...options, answerStatuses: [503] });
  }
}
