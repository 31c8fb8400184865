/** Damage that is the same each time: numbers that look random and come from a seed. */
import { randomOf } from '@wavefleet/tests/bring-up/random.ts';

/** A copy in which `count` bytes were replaced. @param from where damage begins. */
export function flipped(bytes: Buffer, seed: number, count: number, from = 0): Buffer {
  const copy = Buffer.from(bytes);
  const random = randomOf(seed);
  for (let flips = 0; flips < count; flips += 1) {
    copy[from + Math.floor(random() * (copy.length - from))] = Math.floor(random() * 256);
  }
  return copy;
}

/** The first part of a file. @param share from 0 to 1. */
export const cut = (bytes: Buffer, share: number): Buffer =>
  bytes.subarray(0, Math.floor(bytes.length * share));
