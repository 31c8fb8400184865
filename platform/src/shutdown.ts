/** Clean-up as a list: what was opened last is closed first, everything is closed, the first error is kept. */
type Release = () => void | Promise<void>;

export class Releasers {
  readonly #releases: Release[] = [];

  /** Adds a clean-up; it runs before those added earlier. */
  add(release: Release): void {
    this.#releases.push(release);
  }

  /**
   * Runs all clean-ups, also after one has failed. A second call does nothing.
   * @throws the first error of a clean-up.
   */
  async run(): Promise<void> {
    const errors: unknown[] = [];
    for (let release = this.#releases.pop(); release !== undefined; release = this.#releases.pop()) {
      try {
        await release();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
