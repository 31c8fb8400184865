/**
 * Shares out the tries of one process, so that receivers that do not answer keep few of its hands: one endpoint may keep a
 * quarter of them, one owner half, and a quarter is left to endpoints that are known to be quick. Those may have stopped to be:
 * while others are about an owner has half of all with them, too, so that one who answers at once and then nobody does not
 * hold all hands for as long as a try may take.
 */
import type { DeliveryMessage } from '@wavefleet/contracts/webhooks.ts';
import { RecentMap } from '@wavefleet/platform/recent-map.ts';

/** An endpoint whose last try took less than this is quick. One that nobody knows yet is not. */
const QUICK_MS = 1_000;
const REMEMBERED = 10_000;
/** Whose job has ended so lately may have more of them. */
const ABOUT_MS = 60_000;

interface Seen {
  readonly ownerId: string;
  readonly atMs: number;
}

export class Hands {
  readonly #quarter: number;
  readonly #now: () => number;
  /** Tries under way: by owner; and at endpoints that are not quick, all, by owner, by endpoint. */
  readonly #busy = new Map<string, number>();
  /** How long the last try took, by endpoint. */
  readonly #lastMs = new RecentMap<number>(REMEMBERED);

  /** Who has asked last, and who last before that was another one. */
  #latest: Seen | undefined;
  #other: Seen | undefined;

  /** @param count tries at once in this process. @param now monotonic ms. */
  constructor(count: number, now: () => number = () => performance.now()) {
    this.#quarter = Math.max(1, Math.floor(count / 4));
    this.#now = now;
  }

  /** A hand for one try, or undefined: not now. Answers what to call once the try is over. */
  take({ webhookId, ownerId }: Pick<DeliveryMessage, 'webhookId' | 'ownerId'>): (() => void) | undefined {
    this.#see(ownerId);
    const quarter = this.#quarter;
    const isQuick = (this.#lastMs.get(webhookId) ?? Number.POSITIVE_INFINITY) < QUICK_MS;
    const most = isQuick && this.#othersAreAbout() ? 2 * quarter : Number.POSITIVE_INFINITY;
    const limits: readonly (readonly [whose: string, most: number])[] = [
      [`tries:${ownerId}`, most],
      ...(isQuick
        ? []
        : ([
            ['all', 3 * quarter],
            [`owner:${ownerId}`, 2 * quarter],
            [`endpoint:${webhookId}`, quarter],
          ] as const)),
    ];
    if (limits.some(([whose, limit]) => this.#count(whose) >= limit)) return undefined;
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

  #see(ownerId: string): void {
    if (this.#latest !== undefined && this.#latest.ownerId !== ownerId) this.#other = this.#latest;
    this.#latest = { ownerId, atMs: this.#now() };
  }

  /** Than who asks now. */
  #othersAreAbout(): boolean {
    return this.#other !== undefined && this.#now() - this.#other.atMs < ABOUT_MS;
  }

  #count(whose: string): number {
    return this.#busy.get(whose) ?? 0;
  }
}
