/** Who waits, several in a line for each name: names take turns, whatever the length of their lines. */
export class RoundRobin<Item> {
  /** The name whose turn was longest ago comes first. None of them is empty. */
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

  /**
   * Whose turn it is, and the name; undefined when nobody waits.
   * @param mayCome asked for each name: who may not is passed over, and keeps its turn. Default: everybody may.
   */
  shift(mayCome: (name: string) => boolean = () => true): { name: string; item: Item } | undefined {
    for (const [name, line] of this.#lines) {
      if (!mayCome(name)) continue;
      const item = line.shift();
      this.#lines.delete(name);
      if (line.length > 0) this.#lines.set(name, line);
      this.#size -= 1;
      return item === undefined ? undefined : { name, item };
    }
    return undefined;
  }

  /** Takes away what came last to the longest line. */
  dropLongest(): { name: string; item: Item } | undefined {
    let longest: { name: string; line: Item[] } | undefined;
    for (const [name, line] of this.#lines)
      if (line.length > (longest?.line.length ?? 0)) longest = { name, line };
    if (longest === undefined) return undefined;
    const { name, line } = longest;
    const item = line.pop();
    if (line.length === 0) this.#lines.delete(name);
    this.#size -= 1;
    return item === undefined ? undefined : { name, item };
  }
}
