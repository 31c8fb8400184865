/** The session of a browser, over HTTP: its tokens are cookies that no script sees. */
import { type FreshToken, freshTokenSchema } from '@wavefleet/contracts/people.ts';
import type { CallOptions, Requests } from './requests.ts';

/** `client.auth`. */
export class AuthCalls {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** Stays signed in. @throws Problem UNAUTHENTICATED, or INVALID_TOKEN when the session has ended. */
  refresh(options?: CallOptions): Promise<FreshToken> {
    return this.#requests.json(freshTokenSchema, '/api/auth/refresh', { ...options, method: 'POST' });
  }

  async signOut(options?: CallOptions): Promise<void> {
    await this.#requests.done('/api/auth/sign-out', { ...options, method: 'POST' });
  }
}
