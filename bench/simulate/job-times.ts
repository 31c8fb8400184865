/** What one job costs in processor time, as it was measured through the real worker on a real machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The formats whose cost is measured: one per encoder that people mostly ask for. */
export const measuredFormats = ['mp3', 'm4a', 'opus', 'flac'] as const;
export type MeasuredFormat = (typeof measuredFormats)[number];

const costSchema = z.object({
  /** CPU seconds of a job whatever its length: probing, verifying, starting programs, bookkeeping. */
  fixedCpuSeconds: z.number().positive(),
  /** CPU seconds for each minute of audio on top. */
  cpuSecondsPerMinute: z.number().positive(),
});

const jobTimesSchema = z.object({
  measuredAt: z.iso.datetime(),
  /** How it was measured, in words. */
  method: z.string(),
  machine: z.object({ cpu: z.string(), cores: z.int(), ffmpeg: z.string(), node: z.string() }),
  costs: z.object({ mp3: costSchema, m4a: costSchema, opus: costSchema, flac: costSchema }),
});
export type JobTimes = z.infer<typeof jobTimesSchema>;

export const jobTimesFile = join(import.meta.dirname, 'job-times.json');

/** @throws when the committed file is missing or not of this form; `npm run simulate -- --measure` makes it. */
export async function loadJobTimes(): Promise<JobTimes> {
  return jobTimesSchema.parse(JSON.parse(await readFile(jobTimesFile, 'utf8')));
}
