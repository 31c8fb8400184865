/** The storage that the browser keeps for this page, where it may keep one. */

/** What the page needs of it. */
export type BrowserStorage = Pick<Storage, 'getItem' | 'setItem' | 'clear'>;

/** Remembers nothing: a reload begins anew, and all else works. */
const nowhere: BrowserStorage = { getItem: () => null, setItem: () => {}, clear: () => {} };

/** Never throws: where cookies are blocked the mere look at `localStorage` does, and where storage is off it is null. */
export function browserStorage(): BrowserStorage {
  try {
    return globalThis.localStorage ?? nowhere;
  } catch {
    return nowhere;
  }
}
