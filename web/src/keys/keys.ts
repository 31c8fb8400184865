/** The API keys of who looks at the page. Never throws: trouble is a sentence in `problem`. */
import type { KeyCalls } from '@wavefleet/client/keys.ts';
import type { KeyView, MadeKey, MakeKeyBody } from '@wavefleet/contracts/people.ts';
import { attempt, type Busy } from '../attempt.ts';
import { Store } from '../store.ts';

/** What is shown of them. */
export interface KeysShown extends Busy {
  /** Newest first. Undefined until the first answer. */
  readonly keys?: readonly KeyView[];
  /** The key that was just made, with its token: shown until it is put away. */
  readonly made?: MadeKey;
}

export class Keys {
  readonly state = new Store<KeysShown>({ busy: false });
  readonly #calls: Pick<KeyCalls, 'list' | 'make' | 'revoke'>;

  constructor(calls: Pick<KeyCalls, 'list' | 'make' | 'revoke'>) {
    this.#calls = calls;
  }

  async refresh(): Promise<void> {
    await attempt(this.state, async () => {
      const { keys } = await this.#calls.list();
      const { made } = this.state.value;
      // The server's list may lag a moment behind.
      const isMissing = made !== undefined && !keys.some(({ keyId }) => keyId === made.keyId);
      return { keys: isMissing ? [made, ...keys] : keys };
    });
  }

  /** Answers whether there is a new key now. */
  async make(order: MakeKeyBody): Promise<boolean> {
    return await attempt(this.state, async () => {
      const made = await this.#calls.make(order);
      return { made, keys: [made, ...(this.state.value.keys ?? [])] };
    });
  }

  /** The token was seen; nobody can see it again. */
  putAway(): void {
    const { made: _seen, ...rest } = this.state.value;
    this.state.set(rest);
  }

  async revoke(keyId: string): Promise<boolean> {
    return await attempt(this.state, async () => {
      await this.#calls.revoke(keyId);
      if (this.state.value.made?.keyId === keyId) this.putAway();
      return { keys: (this.state.value.keys ?? []).filter((key) => key.keyId !== keyId) };
    });
  }
}
