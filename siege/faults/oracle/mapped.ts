/** Some questions at a time: a service under test is asked for thousands of records. */

const SIDE_BY_SIDE = 4;

/** Some at a time, in their order. */
export async function mapped<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += SIDE_BY_SIDE)
    results.push(...(await Promise.all(items.slice(at, at + SIDE_BY_SIDE).map(work))));
  return results;
}
