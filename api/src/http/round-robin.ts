/** Who waits, several in a line for each name: names take turns, whatever the length of their lines. */
export class RoundRobin<Item> {
  /** The name whose turn was longest ago comes first. */
  readonly #lines = new Map<string, Item[]>();
  #size = 0;

  /** All that wait. */
  get size(): number {
    return this.#size;
  }

  push(name: string, item: Item): void {
    const line = this.#lines.get(name) ?? [];
    line.push(item);
    this.#lines.set(name, line);
    this.#size += 1;
  }

  /** Whose turn it is; undefined when nobody waits. */
  shift(): Item | undefined {
    const [first] = this.#lines;
    if (first === undefined) return undefined;
    const [name, line] = first;
    const item = line.shift();
    this.#lines.delete(name);
    if (line.length > 0) this.#lines.set(name, line);
    this.#size -= 1;
    return item;
  }
}
