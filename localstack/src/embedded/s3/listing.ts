/** Listing in the order of S3: by code point. fauxqs sorts by locale but pages by code point, and so loses keys. */
import type { S3Store } from '../fauxqs.ts';

export function mendListing(store: S3Store): void {
  const original = store.listObjects.bind(store);
  store.listObjects = (bucket, options = {}) => {
    const { prefix = '', delimiter, maxKeys = 1000 } = options;
    const startAfter = options.startAfter ?? options.marker ?? '';
    const everything = original(bucket, { prefix, maxKeys: Number.MAX_SAFE_INTEGER }).objects;
    everything.sort((a, b) => (a.key < b.key ? -1 : 1));

    const objects: typeof everything = [];
    const commonPrefixes = new Set<string>();
    for (const object of everything) {
      if (object.key <= startAfter) continue;
      const cut = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
      const folder = delimiter && cut >= 0 ? object.key.slice(0, cut + delimiter.length) : undefined;
      if (folder !== undefined && (commonPrefixes.has(folder) || folder <= startAfter)) continue;
      if (objects.length + commonPrefixes.size >= maxKeys) {
        return { objects, commonPrefixes: [...commonPrefixes], isTruncated: true };
      }
      if (folder === undefined) objects.push(object);
      else commonPrefixes.add(folder);
    }
    return { objects, commonPrefixes: [...commonPrefixes], isTruncated: false };
  };
}
