/** Links to results over HTTP, for people who have no account. */
import {
  type ShareBody,
  type Shared,
  type ShareView,
  sharedSchema,
  shareListSchema,
} from '@wavefleet/contracts/shares.ts';
import { type CallOptions, path, type Requests } from './requests.ts';

/** `client.shares`. */
export class ShareCalls {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /**
   * Makes a link to a job's result.
   * @returns with its address, which is not told again; below the page's own origin for a client of the page.
   * @throws Problem JOB_NOT_FOUND, JOB_NOT_READY, JOB_FAILED, SHARES_LIMIT, OUTPUT_DELETED, OUTPUT_EXPIRED.
   */
  async make(
    jobId: string,
    asked: ShareBody = {},
    options?: CallOptions,
  ): Promise<Shared & { readonly url: string }> {
    const ask = { ...options, method: 'POST', json: asked } as const;
    const shared = await this.#requests.json(sharedSchema, path`/api/jobs/${jobId}/share`, ask);
    return { ...shared, url: this.#requests.url(shared.path) };
  }

  /** The links to a job's result, newest first. @throws Problem JOB_NOT_FOUND. */
  async list(jobId: string, options?: CallOptions): Promise<ShareView[]> {
    return (await this.#requests.json(shareListSchema, path`/api/jobs/${jobId}/share`, options)).shares;
  }

  /** Ends a link for good. @throws Problem JOB_NOT_FOUND, SHARE_NOT_FOUND. */
  async revoke(jobId: string, shareId: string, options?: CallOptions): Promise<void> {
    const ask = { ...options, method: 'DELETE' } as const;
    await this.#requests.done(path`/api/jobs/${jobId}/share/${shareId}`, ask);
  }
}
