/** Segments as they come to lie in the folder, in whatever order, for a joiner that takes them in their own. */

export class Arrivals {
  readonly #each: readonly PromiseWithResolvers<void>[];
  readonly #there = new Set<number>();
  /** What waits until the joiner has nothing left to do. */
  #idle: PromiseWithResolvers<void> | undefined = Promise.withResolvers<void>();

  constructor(count: number) {
    this.#each = Array.from({ length: count }, () => Promise.withResolvers<void>());
    // Who joins may never come to the one that fails.
    for (const { promise } of this.#each) promise.catch(() => undefined);
  }

  /** It lies in the folder, whole. */
  arrived(index: number): void {
    this.#there.add(index);
    this.#each[index]?.resolve();
  }

  /** No other one will come. */
  fail(reason: unknown): void {
    for (const { reject } of this.#each) reject(reason);
    this.joined();
  }

  /** For the joiner. @throws the reason for which none comes. */
  async of(index: number): Promise<void> {
    if (this.#there.has(index)) return;
    this.joined();
    await this.#each[index]?.promise;
    this.#idle = Promise.withResolvers<void>();
  }

  /** The joiner has used all that it can. */
  joined(): void {
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** Resolves when the joiner has used all that it can: one core does not both at once. */
  async areUsed(): Promise<void> {
    await this.#idle?.promise;
  }
}
