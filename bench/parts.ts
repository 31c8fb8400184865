/** The parts of a bench: all of them, or the one that was asked for. */

/** @throws Error when there is none of that name: a bench that measures nothing looks like one that is over. */
export function partsOf<T>(
  bench: string,
  parts: readonly T[],
  nameOf: (part: T) => string,
  only: string | undefined,
): readonly T[] {
  if (only === undefined) return parts;
  const chosen = parts.filter((part) => nameOf(part) === only);
  if (chosen.length === 0)
    throw new Error(`${bench} has no part ${only}; there are ${parts.map(nameOf).join(', ')}`);
  return chosen;
}
