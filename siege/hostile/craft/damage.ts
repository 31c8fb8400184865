/** Damage that is the same each time: numbers that look random and come from a seed. */

/** Numbers from 0 up to and without 1. The same seed gives the same row (Mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A copy in which `count` bytes were replaced. @param from where damage begins. */
export function flipped(bytes: Buffer, seed: number, count: number, from = 0): Buffer {
  const copy = Buffer.from(bytes);
  const random = randomNumbers(seed);
  for (let flips = 0; flips < count; flips += 1) {
    copy[from + Math.floor(random() * (copy.length - from))] = Math.floor(random() * 256);
  }
  return copy;
}

/** The first part of a file. @param share from 0 to 1. */
export const cut = (bytes: Buffer, share: number): Buffer =>
  bytes.subarray(0, Math.floor(bytes.length * share));
