/** Joins segments of ALAC: packets know nothing of one another, so they only have to stand behind each other. */
import type { Joined, JoinOrder } from '../join.ts';
import { joinMp4 } from './join-mp4.ts';

/** FFmpeg's encoder takes so many samples at once. */
export const ALAC_FRAME = 4096;

/** @throws what {@link joinMp4} does. */
export async function joinAlac(order: JoinOrder, sampleRate: number): Promise<Joined> {
  // Segments begin where they are needed.
  const rule = { earlier: 0, tail: 0, meet: () => undefined };
  return await joinMp4(order, sampleRate, { packetSamples: ALAC_FRAME, priming: 0, rule });
}
