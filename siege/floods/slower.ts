/**
 * How many times longer another owner waits in a flood by the product's doing, on a machine where caller, API, services and
 * workers share cores that they have to themselves on AWS.
 */
import { z } from 'zod';
import { type CoreTime, stretchOf } from './watch.ts';

/** One job from its order to its end, in ms. */
export const waitSchema = z.object({
  ms: z.number(),
  /** Of that, until a worker began. */
  queuedMs: z.number(),
  /** Of that, what the worker did for this job and no other: its stages. */
  workedMs: z.number(),
});
export type Wait = z.infer<typeof waitSchema>;

/** Jobs one after the other, and what the API's thread had of the cores meanwhile. */
export interface Waits {
  readonly waits: readonly Wait[];
  readonly api: CoreTime;
}

/**
 * The same work takes a worker longer only for want of cores: that is its stretch, by which it is divided, as is the time in
 * the queue, in which workers do such work for others. The rest, requests and their answers, is divided by the API's.
 */
export function slowerBy(idle: Waits, flooded: Waits): number {
  const worked = ({ waits }: Waits) => median(waits.map(({ workedMs }) => workedMs));
  const stretch = Math.max(1, worked(flooded) / worked(idle));
  return medianWithoutCores(flooded, stretch) / medianWithoutCores(idle, 1);
}

function medianWithoutCores({ waits, api }: Waits, stretch: number): number {
  return median(
    waits.map(({ ms, queuedMs, workedMs }) => {
      const byWorkers = queuedMs + workedMs;
      return (ms - byWorkers) / stretchOf(api) + byWorkers / stretch;
    }),
  );
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
