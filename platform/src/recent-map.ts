/** A map for what a process may forget: bounded, and what was set longest ago goes first. */
export class RecentMap<Value> {
  readonly #values = new Map<string, Value>();
  readonly #capacity: number;

  /** @param capacity entries; one more drops the oldest. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#capacity) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
