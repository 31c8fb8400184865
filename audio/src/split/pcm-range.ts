/** Which bytes of a source one segment hears: known where a source is plain samples, and each becomes one of the result. */
import { open } from 'node:fs/promises';
import type { ConversionPlan } from '../plan/plan.ts';
import { readRiff } from '../probing/headers/riff.ts';
import { readAt } from '../probing/read-at.ts';
import type { ProbedSource } from '../probing/source.ts';
import type { PlacedSegment } from './place-segments.ts';

/** Bytes of a file, from one place up to another one. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** A resampler hears some hundredths of a second around each sample. */
const AROUND_SECONDS = 1;

/**
 * Undefined where that is not known: then all of the source has to be there.
 * @param path of the source, or of one that is as long and has its header.
 * @param headBytes of it that are there.
 */
export async function pcmRange(
  path: string,
  plan: ConversionPlan,
  { facts }: ProbedSource,
  segment: PlacedSegment,
  headBytes: number,
): Promise<ByteRange | undefined> {
  const { cut, fillHoles, leadSamples, levels } = plan;
  const keepsPlaces = cut === undefined && !fillHoles && leadSamples === 0 && levels.asked.speed === 1;
  if (!keepsPlaces || facts.container !== 'wav' || !facts.codec.startsWith('pcm_')) return undefined;
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const header = await readRiff(file, await readAt(file, 0, MAGIC_BYTES), size);
    const { bytesPerSecond, dataAt = Number.POSITIVE_INFINITY, isAverage } = header ?? {};
    if (bytesPerSecond === undefined || isAverage === true || dataAt > headBytes) return undefined;
    const byteAt = (sample: number, aroundSeconds: number): number => {
      const bytes = (sample / plan.sampleRate + aroundSeconds) * bytesPerSecond;
      return Math.min(size, Math.max(0, dataAt + Math.floor(bytes)));
    };
    const { startSample, endSample = Number.POSITIVE_INFINITY } = segment;
    return { from: byteAt(startSample, -AROUND_SECONDS), to: byteAt(endSample, AROUND_SECONDS) };
  } finally {
    await file.close();
  }
}

/** RIFF, its size, and WAVE. */
const MAGIC_BYTES = 12;
