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
