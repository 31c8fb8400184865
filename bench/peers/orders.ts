/** What a loop is asked for, and how it says that it is done. */
import { z } from 'zod';

/** One file to convert: keys of the bucket, or paths for a loop that works on the disk. */
export const orderSchema = z.object({ input: z.string(), output: z.string() });
export type Order = z.infer<typeof orderSchema>;

/** How many conversions a loop makes at once: the fleet has as many slots. */
export const slotsSchema = z.coerce.number().int().positive();

/** The loops that wait for nobody's answer say over IPC what is done. */
export const doneSchema = z.object({ done: z.string() });
