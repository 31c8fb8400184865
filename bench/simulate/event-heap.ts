/** What happens next: a binary heap by time; what was put in first comes first among equals. */
export class EventHeap<T> {
  readonly #items: { readonly at: number; readonly order: number; readonly event: T }[] = [];
  #order = 0;

  push(at: number, event: T): void {
    const items = this.#items;
    const item = { at, order: this.#order++, event };
    let index = items.length;
    items.push(item);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = items[parent];
      if (above === undefined || !isBefore(item, above)) break;
      items[index] = above;
      index = parent;
    }
    items[index] = item;
  }

  /** The earliest, or undefined when nothing is left. */
  pop(): { at: number; event: T } | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const [left, right] = [items[child], items[child + 1]];
      if (left === undefined) break;
      let least = left;
      if (right !== undefined && isBefore(right, left)) {
        child += 1;
        least = right;
      }
      if (!isBefore(least, last)) break;
      items[index] = least;
      index = child;
    }
    items[index] = last;
    return first;
  }
}

function isBefore(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
