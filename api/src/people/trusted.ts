/** What was read of a key or a session, for a moment: so much later, what was revoked elsewhere is refused here. */
import { RecentMap } from '@wavefleet/platform/recent-map.ts';

const TRUST_MS = 5_000;
const REMEMBERED = 5_000;

/** By an id that gives nothing away. That there is none is remembered as well. */
export class Trusted<T> {
  readonly #known = new RecentMap<{ readonly value: T | undefined; readonly readAtMs: number }>(REMEMBERED);

  /** @param read asked when nothing is known, or what is known is old. @throws what that throws. */
  async get(id: string, read: () => Promise<T | undefined>): Promise<T | undefined> {
    const known = this.#known.get(id);
    if (known !== undefined && performance.now() - known.readAtMs < TRUST_MS) return known.value;
    const value = await read();
    this.#known.set(id, { value, readAtMs: performance.now() });
    return value;
  }

  /** However old it is. */
  latest(id: string): T | undefined {
    return this.#known.get(id)?.value;
  }

  /** This process has changed it. */
  forget(id: string): void {
    this.#known.delete(id);
  }
}
