/** Who the caller is, and the API keys by which its programs are known, over HTTP. */
import {
  type ChangedMe,
  type ChangeMeBody,
  changedMeSchema,
  type Erased,
  erasedSchema,
  type KeyList,
  keyListSchema,
  type MadeKey,
  type MakeKeyBody,
  type Me,
  madeKeySchema,
  meSchema,
} from '@wavefleet/contracts/people.ts';
import { type CallOptions, path, type Requests } from './requests.ts';

/** The server goes on by itself after half of that. */
const ERASE_TIMEOUT_MS = 30_000;

/** `client.keys`. */
export class KeyCalls {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** Whom the server takes the caller for. @throws Problem INVALID_TOKEN, TOKEN_EXPIRED. */
  me(options?: CallOptions): Promise<Me> {
    return this.#requests.json(meSchema, '/api/me', options);
  }

  /**
   * Deletes everything of the caller for good: jobs, files, results, links, keys, webhooks, and the account.
   * @throws Problem UNAUTHENTICATED for who has no cookie and no key, INSUFFICIENT_SCOPE.
   */
  eraseEverything(options: CallOptions = { timeoutMs: ERASE_TIMEOUT_MS }): Promise<Erased> {
    return this.#requests.json(erasedSchema, '/api/me?confirm=everything', { ...options, method: 'DELETE' });
  }

  /** What an account says of itself. @throws Problem EMAIL_UNAVAILABLE, INSUFFICIENT_SCOPE, UNAUTHENTICATED. */
  changeMe(change: ChangeMeBody, options?: CallOptions): Promise<ChangedMe> {
    return this.#requests.json(changedMeSchema, '/api/me', { ...options, method: 'PATCH', json: change });
  }

  /** Newest first. @throws Problem UNAUTHENTICATED for who has no cookie and no key, INSUFFICIENT_SCOPE. */
  list(options?: CallOptions): Promise<KeyList> {
    return this.#requests.json(keyListSchema, '/api/keys', options);
  }

  /** A new key; its `token` is in this answer and nowhere else. @throws Problem as {@link list}, and KEYS_LIMIT. */
  make(key: MakeKeyBody, options?: CallOptions): Promise<MadeKey> {
    return this.#requests.json(madeKeySchema, '/api/keys', { ...options, method: 'POST', json: key });
  }

  /** @throws Problem as {@link list}, and KEY_NOT_FOUND. */
  async revoke(keyId: string, options?: CallOptions): Promise<void> {
    await this.#requests.done(path`/api/keys/${keyId}`, { ...options, method: 'DELETE' });
  }
}
