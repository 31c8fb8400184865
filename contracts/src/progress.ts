/** Progress: lossy, throttled, never authoritative. A terminal state is only ever read from the job record. */
import { z } from 'zod';
import { stageSchema } from './stages.ts';
import { jobStatusSchema } from './states.ts';

/** What a worker reports, as it lies in Redis and in the PROGRESS table. */
export const progressReportSchema = z.object({
  jobId: z.uuid(),
  attempt: z.int().nonnegative(),
  /** 0..99, one decimal; never falls. */
  percent: z.number().min(0).max(99),
  /** A stage of a newer worker reads as the one in which most time is spent: the numbers still hold. */
  stage: stageSchema.catch('convert'),
  /** Seconds of audio converted so far, and in all (null when the source declares no duration). */
  currentTime: z.number().nonnegative().nullable(),
  totalDuration: z.number().nonnegative().nullable(),
  /** Bytes moved so far in a download or upload stage, and in all. */
  uploadedSize: z.number().nonnegative().nullable(),
  totalSize: z.number().nonnegative().nullable(),
  /** Audio seconds per wall second. */
  speed: z.number().nonnegative().nullable(),
  /** Seconds left of the whole job, as far as it can be told. */
  estimatedTimeRemaining: z.number().nonnegative().nullable(),
  updatedAt: z.iso.datetime(),
});
export type ProgressReport = z.infer<typeof progressReportSchema>;

/** Where a waiting job stands. SQS counts roughly and keeps no strict order, so none of this is exact. */
export const queueViewSchema = z.object({
  /** The job is among the next so many to start; later arrivals do not raise it for one reader. */
  position: z.int().positive(),
  /** Seconds until it may start, from the jobs finished lately; null when nothing is known to go by. */
  estimatedStartSeconds: z.int().nonnegative().nullable(),
  approximate: z.literal(true),
});
export type QueueView = z.infer<typeof queueViewSchema>;

/** What readers get: the poll answer and every server-sent event. */
export const progressViewSchema = z.object({
  jobId: z.uuid(),
  status: jobStatusSchema,
  /** 0..99 while active, exactly 100 when completed, −1 when failed or cancelled. */
  progress: z.number().min(-1).max(100),
  stage: z.union([stageSchema, z.literal('waiting'), z.literal('done')]),
  /** 1 upload, 2 convert, 3 store. */
  phase: z.int().min(1).max(3),
  attempt: z.int().nonnegative(),
  estimatedTimeRemaining: z.number().nullable(),
  currentTime: z.number().nullable(),
  totalDuration: z.number().nullable(),
  uploadedSize: z.number().nullable(),
  totalSize: z.number().nullable(),
  speed: z.number().nullable(),
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).nullable(),
  updatedAt: z.iso.datetime(),
  /** While the job waits, as far as it can be told; in poll answers only. */
  queue: queueViewSchema.optional(),
});
export type ProgressView = z.infer<typeof progressViewSchema>;
