/** What was read of a key or a session, for a moment: so much later, what was revoked elsewhere is refused here. */
import { RecentMap } from '@wavefleet/platform/recent-map.ts';

const TRUST_MS = 5_000;
const REMEMBERED = 5_000;

interface Known<T> {
  /** Those who ask in one moment share it. */
  readonly reading: Promise<T | undefined>;
  /** Monotonic ms. Before it was read: no answer is older than it seems. */
  readonly askedAtMs: number;
  latest: T | undefined;
}

/** By an id that gives nothing away. That there is none is remembered as well. */
export class Trusted<T> {
  readonly #known = new RecentMap<Known<T>>(REMEMBERED);

  /** @param read asked when nothing is known, or what is known is old. @throws what that throws. */
  async get(id: string, read: () => Promise<T | undefined>): Promise<T | undefined> {
    const before = this.#known.get(id);
    if (before !== undefined && performance.now() - before.askedAtMs < TRUST_MS) return await before.reading;
    const known: Known<T> = { reading: read(), askedAtMs: performance.now(), latest: before?.latest };
    // Now and not with the answer: who forgets it meanwhile has forgotten the answer as well.
    this.#known.set(id, known);
    try {
      known.latest = await known.reading;
      return known.latest;
    } catch (error) {
      // The next one asks again, and not who forgot it meanwhile.
      if (this.#known.get(id) === known) this.#known.delete(id);
      throw error;
    }
  }

  /** However old it is. */
  latest(id: string): T | undefined {
    return this.#known.get(id)?.latest;
  }

  /** This process has changed it. */
  forget(id: string): void {
    this.#known.delete(id);
  }
}
