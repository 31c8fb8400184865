/** What a process says of itself and of its machine: in `/api/health`, `/api/debug/system` and the log. */
import { z } from 'zod';
import { jobIdSchema } from './job.ts';

/** A process that runs short of one of these takes nothing new in. */
export const scarceResources = ['disk', 'memory', 'eventLoop'] as const;
/** Everything that is watched; of what is not scarce, too much is only warned of. */
export const watchedResources = [...scarceResources, 'cpu', 'rss'] as const;
export type WatchedResource = (typeof watchedResources)[number];

const readingsShape = {
  /** Resident memory of the process. FFmpeg's is not part of it. */
  rssBytes: z.int().nonnegative(),
  /** Processor time of the process since its last sample, in percent of one core. FFmpeg's is not part of it. */
  cpuPercent: z.number().nonnegative(),
  /** How busy all cores of the machine were since then, whoever kept them so. */
  machineCpuPercent: z.number().nonnegative(),
  /** How late timers came since then, in ms. */
  eventLoopDelayMs: z.object({ p99: z.number().nonnegative(), max: z.number().nonnegative() }),
  /** On the disk of WORK_DIR. Null when it cannot be told. */
  freeDiskBytes: z.number().nonnegative().nullable(),
  /** What the container or else the machine can still give. Null when it cannot be told. */
  freeMemoryBytes: z.number().nonnegative().nullable(),
};
/** One look at a process and its machine. */
const readingsSchema = z.object(readingsShape);
export type Readings = z.infer<typeof readingsSchema>;

/** With what a worker converts. */
const conversionMeansSchema = z.object({
  ffmpeg: z.object({
    version: z.string(),
    /** `audio-only`: it has no decoder for pictures, as the one that `npm run ffmpeg:build` makes. */
    build: z.enum(['audio-only', 'system']),
  }),
  /** What holds FFmpeg in, and what this machine does not grant; SECURITY.md says what each is worth. */
  sandbox: z.object({ means: z.array(z.string()), missing: z.array(z.string()) }),
});
export type ConversionMeans = z.infer<typeof conversionMeansSchema>;

/** Of a newer process there may be resources that this version does not know. */
export const processSampleSchema = z.object({
  ...readingsShape,
  /** Made up anew at every start. */
  processId: z.string(),
  service: z.enum(['api', 'worker']),
  sampledAt: z.iso.datetime(),
  uptimeSeconds: z.int().nonnegative(),
  /** Resources beyond their warning level, the exhausted ones among them. */
  high: z.array(z.string()),
  /** Resources beyond the level at which nothing new is taken in. */
  exhausted: z.array(z.string()),
  /** Services without which it receives nothing, and which do not answer. Samples of before have none. */
  waitingFor: z.array(z.string()).default([]),
  /** Its circuit breakers, by service: `closed` when all is well, `halfOpen`, `open`. */
  breakers: z.record(z.string(), z.string()),
  /** Jobs that a worker is at. */
  jobIds: z.array(jobIdSchema),
  /** Jobs that it can be at; of a worker that drains, those that it ends. */
  slots: z.int().nonnegative(),
  /** Of a worker. Samples of before have none. */
  conversion: conversionMeansSchema.optional(),
});
export type ProcessSample = z.infer<typeof processSampleSchema>;

/** For everybody: how many jobs, and not which. */
const processViewSchema = processSampleSchema
  .omit({ processId: true, jobIds: true })
  .extend({ activeJobs: z.int().nonnegative() });
type ProcessView = z.infer<typeof processViewSchema>;

/** A sample without its ids. */
export function processView({ processId: _, jobIds, ...sample }: ProcessSample): ProcessView {
  return { ...sample, activeJobs: jobIds.length };
}

/** What `/api/health` says of all processes. Workers are as of their last sample. */
export const systemViewSchema = z.object({
  /** Why this API process takes no upload and no job at present: `queue`, or resources of its machine. */
  refusing: z.array(z.string()),
  /** Null while Redis does not tell. */
  workers: z
    .object({
      alive: z.int().nonnegative(),
      /** Those that are short of nothing and wait for no service, and so receive jobs. */
      receiving: z.int().nonnegative(),
      activeJobs: z.int().nonnegative(),
      /** Jobs that all of them together can be at. */
      slots: z.int().nonnegative(),
    })
    .nullable(),
  /** This process first; a hundred at most. */
  processes: z.array(processViewSchema),
});
export type SystemView = z.infer<typeof systemViewSchema>;
