/**
 * Shares out the tries of one process, so that receivers that do not answer keep few of its hands: one endpoint may keep a
 * quarter of them, one owner half, and a quarter is left to endpoints that are known to be quick.
 */
import type { DeliveryMessage } from '@wavefleet/contracts/webhooks.ts';
import { RecentMap } from '@wavefleet/platform/recent-map.ts';

/** An endpoint whose last try took less than this is quick. One that nobody knows yet is not. */
const QUICK_MS = 1_000;
const REMEMBERED = 10_000;

export class Hands {
  readonly #quarter: number;
  /** Tries under way at endpoints that are not quick: all, by owner, by endpoint. */
  readonly #busy = new Map<string, number>();
  /** How long the last try took, by endpoint. */
  readonly #lastMs = new RecentMap<number>(REMEMBERED);

  /** @param count tries at once in this process. */
  constructor(count: number) {
    this.#quarter = Math.max(1, Math.floor(count / 4));
  }

  /** A hand for one try, or undefined: not now. Answers what to call once the try is over. */
  take({ webhookId, ownerId }: Pick<DeliveryMessage, 'webhookId' | 'ownerId'>): (() => void) | undefined {
    if ((this.#lastMs.get(webhookId) ?? Number.POSITIVE_INFINITY) < QUICK_MS) return () => undefined;
    const quarter = this.#quarter;
    const limits = [
      ['all', 3 * quarter],
      [`owner:${ownerId}`, 2 * quarter],
      [`endpoint:${webhookId}`, quarter],
    ] as const;
    if (limits.some(([whose, most]) => this.#count(whose) >= most)) return undefined;
    for (const [whose] of limits) this.#busy.set(whose, this.#count(whose) + 1);
    return () => {
      for (const [whose] of limits) {
        const left = this.#count(whose) - 1;
        if (left === 0) this.#busy.delete(whose);
        else this.#busy.set(whose, left);
      }
    };
  }

  /** Notes how long an endpoint took. */
  took(webhookId: string, ms: number): void {
    this.#lastMs.set(webhookId, ms);
  }

  #count(whose: string): number {
    return this.#busy.get(whose) ?? 0;
  }
}
