/** Who looks at the page, and that they stay signed in: access tokens are renewed before they end, by one tab at a time. */
import type { AuthCalls } from '@wavefleet/client/auth.ts';
import type { KeyCalls } from '@wavefleet/client/keys.ts';
import { asProblem } from '@wavefleet/client/problem.ts';
import type { EmailNotices } from '@wavefleet/contracts/mails.ts';
import type { Me } from '@wavefleet/contracts/people.ts';
import { Store } from '../store.ts';

/** Of an access token's life, after which it is renewed. */
const RENEW_AT = 0.8;
/** Until a server that did not answer is asked again. */
const AGAIN_MS = 10_000;
/** Minutes are counted a moment after the end of a job, and their sum is trusted for some seconds. */
const COUNTED_AFTER_MS = 4_000;

/** What a session needs of the world. */
export interface SessionDeps {
  readonly me: KeyCalls['me'];
  readonly changeMe: KeyCalls['changeMe'];
  readonly refresh: AuthCalls['refresh'];
  readonly signOut: AuthCalls['signOut'];
  readonly eraseEverything: KeyCalls['eraseEverything'];
  /** Runs the work while no other tab does such work. */
  readonly alone: (work: () => Promise<boolean>) => Promise<boolean>;
  readonly later: (work: () => void, ms: number) => void;
}

export class Session {
  /** Undefined until the server has said. */
  readonly me = new Store<Me | undefined>(undefined);
  readonly #deps: SessionDeps;
  #renewing: Promise<boolean> | undefined;
  /** Counts up, so that of all renewals that are planned only the last one comes. */
  #planned = 0;
  #looksSoon = false;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  /** Finds out who it is, and takes up a session that is there. @throws Problem when the server does not answer. */
  async start(): Promise<Me> {
    // A token of the last visit may have ended, or be none any more.
    const first = await this.#deps.me().catch(() => undefined);
    if (first === undefined || (first.auth.hasSession && first.kind !== 'account')) await this.renew();
    else if (first.kind === 'account') this.#renewIn(0);
    const me = await this.#deps.me();
    this.me.set(me);
    return me;
  }

  /** Asks again who it is, and how much is used by now. Never throws: what was known stays. */
  async look(): Promise<void> {
    const me = await this.#deps.me().catch(() => undefined);
    if (me !== undefined) this.me.set(me);
  }

  /** The same in some seconds, when what happens now is counted; all that happens until then is one look. */
  lookSoon(): void {
    if (this.#looksSoon) return;
    this.#looksSoon = true;
    this.#deps.later(() => {
      this.#looksSoon = false;
      void this.look();
    }, COUNTED_AFTER_MS);
  }

  /** Answers whether there is a good token now. Never throws. Those who ask together share one renewal. */
  renew(): Promise<boolean> {
    this.#renewing ??= this.#deps
      .alone(async () => {
        const { expiresInSeconds } = await this.#deps.refresh();
        this.#renewIn(expiresInSeconds * 1000 * RENEW_AT);
        return true;
      })
      .catch(async (error: unknown) => {
        // Whom the server refuses, it refuses again; who it was is nobody now, and the page says so.
        if (asProblem(error).status !== 401) this.#renewIn(AGAIN_MS);
        else if (this.me.value?.kind === 'account') await this.look();
        return false;
      })
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  /** @throws Problem when the server does not do it. */
  async changeEmailNotices(wanted: EmailNotices): Promise<void> {
    const { emailNotices } = await this.#deps.changeMe({ emailNotices: wanted });
    this.me.update((me) => me?.account && { ...me, account: { ...me.account, emailNotices } });
  }

  /** @throws Problem when the server does not answer. */
  async signOut(): Promise<void> {
    await this.#deps.signOut();
  }

  /** Everything of whoever it is. @throws Problem. */
  async eraseEverything(): Promise<void> {
    try {
      await this.#deps.eraseEverything();
    } catch (error) {
      if (asProblem(error).status !== 401 || !(await this.renew())) throw error;
      await this.#deps.eraseEverything();
    }
    // There is no session any more that could be renewed.
    this.#planned += 1;
  }

  #renewIn(ms: number): void {
    this.#planned += 1;
    const planned = this.#planned;
    this.#deps.later(() => {
      if (planned === this.#planned) void this.renew();
    }, ms);
  }
}
