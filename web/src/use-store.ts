/** From a store to what is drawn. */
import { useEffect, useState } from 'preact/hooks';
import type { Store } from './store.ts';

/** Draws the component again when the store's value changes. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(store.value);
  useEffect(() => {
    const read = () => setValue(() => store.value);
    read(); // it may have changed between the first drawing and this effect
    return store.subscribe(read);
  }, [store]);
  return value;
}

/**
 * Some things out of a store, for one of many components that share it: draws it again when one of them is another one,
 * and not when the store changes elsewhere.
 * @param pick the same number of things for the same `keys`.
 * @param keys what `pick` depends on besides the store.
 */
export function useItems<T, I>(
  store: Store<T>,
  pick: (value: T) => readonly I[],
  keys: readonly unknown[],
): readonly I[] {
  const [, draw] = useState<readonly I[]>([]);
  const items = pick(store.value);
  useEffect(() => {
    let drawn = items;
    const look = () => {
      const next = pick(store.value);
      if (next.length === drawn.length && next.every((item, index) => item === drawn[index])) return;
      drawn = next;
      draw(next);
    };
    look(); // they may have changed between the drawing and this effect
    return store.subscribe(look);
  }, [store, ...keys]);
  return items;
}
