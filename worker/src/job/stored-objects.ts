/** What an attempt has stored, until it is known whether anybody may want it. */
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { Claim } from '@wavefleet/platform/jobs/claim.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { Background } from './background.ts';
import { commit } from './commit.ts';

const SETTLE_PACE = { firstMs: 500, maxMs: 5_000 };

/** What of the platform it needs. */
interface Stores {
  readonly objects: Pick<Platform['objects'], 'list' | 'remove'>;
  readonly transitions: Pick<Platform['transitions'], 'look'>;
}

export class StoredObjects {
  readonly #platform: Stores;
  readonly #claim: Claim;
  readonly #keys = new Set<string>();
  #below: string | undefined;

  constructor(platform: Stores, claim: Claim) {
    this.#platform = platform;
    this.#claim = claim;
  }

  /** To be called before anything can be there: a call that was broken off may have stored it all the same. */
  begin(key: string): void {
    this.#keys.add(key);
  }

  /** As above for all that lies below a prefix, of whatever attempt: nobody wants it once the job is over. */
  beginBelow(prefix: string): void {
    this.#below = prefix;
  }

  /** The record points at them now: they are the job's. */
  committed(): void {
    this.#keys.clear();
  }

  /** Whether there is anything to settle. */
  get isSettled(): boolean {
    return this.#keys.size === 0 && this.#below === undefined;
  }

  /**
   * Deletes those that the record of a job that is over does not name, or all when the job is gone. While it is not over
   * they stay: the next attempt takes the result over, and deletes what it does not want.
   * @throws SDK errors. May be repeated.
   */
  async settle(): Promise<void> {
    if (this.isSettled) return;
    const job = await this.#platform.transitions.look(this.#claim.jobId);
    const isOver = job === undefined || isTerminal(job.status);
    const { outputS3Location, previews } = job ?? {};
    const named = [outputS3Location, previews?.source, previews?.result].map((object) => object?.key);
    const unwanted = [...this.#keys].filter((key) => !named.includes(key));
    if (isOver) {
      if (this.#below !== undefined) unwanted.push(...(await this.#platform.objects.list(this.#below)));
      await this.#platform.objects.remove(unwanted);
    }
    this.#keys.clear();
    this.#below = undefined;
  }
}

/** No slot waits until it is known whether somebody wants what this attempt has stored. */
export function settleLater(background: Background, stored: StoredObjects): void {
  if (stored.isSettled) return;
  background.run((signal) => commit(() => stored.settle(), signal, SETTLE_PACE));
}
