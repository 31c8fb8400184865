/**
 * Progress: lossy, throttled, never authoritative. A terminal state is only ever read from the job record.
 *
 * A worker stores {@link ProgressReport}s and, once the record says how the job ended, somebody stores a
 * {@link ProgressEnd} over them. Readers of the HTTP interface get {@link ProgressView}s, which are made of both and of
 * the record. What is stored is read by processes of other versions during a deployment: fields are added, and those
 * that came later are optional here.
 */
import { z } from 'zod';
import { shownStages, stageSchema } from './stages.ts';
import { jobStatusSchema, terminalStatuses } from './states.ts';
import { timecodeSchema } from './timecode.ts';

/** What a worker reports, as it lies in Redis and in the PROGRESS table. */
export const progressReportSchema = z.object({
  jobId: z.uuid(),
  /** Whose job it is: who may read the report without a look at the record. Never shown. */
  ownerId: z.string().optional(),
  attempt: z.int().nonnegative(),
  /** 0..99, one decimal; never falls. */
  percent: z.number().min(0).max(99),
  /** A stage of a newer worker reads as the one in which most time is spent: the numbers still hold. */
  stage: stageSchema.catch('convert'),
  /** When this attempt began, in epoch ms. */
  startTime: z.int().nonnegative().optional(),
  /** Seconds of audio converted so far, and in all (null when the source does not say how long it is). */
  currentTime: z.number().nonnegative().nullable(),
  totalDuration: z.number().nonnegative().nullable(),
  /** Bytes moved so far in a download or upload stage, and in all. */
  uploadedSize: z.number().nonnegative().nullable(),
  totalSize: z.number().nonnegative().nullable(),
  /** Audio seconds per wall second. */
  speed: z.number().nonnegative().nullable(),
  /** Seconds left of the whole job; null while nobody can tell. Never 20 % above what an attempt said before. */
  estimatedTimeRemaining: z.number().nonnegative().nullable(),
  /** When the worker said so: it says so at least every second while it lives. */
  updatedAt: z.iso.datetime(),
});
export type ProgressReport = z.infer<typeof progressReportSchema>;

/** The figures of a report of which nothing is known yet. */
export const nothingKnown = {
  currentTime: null,
  totalDuration: null,
  uploadedSize: null,
  totalSize: null,
  speed: null,
  estimatedTimeRemaining: null,
} as const satisfies Partial<ProgressReport>;

/** What the PROGRESS table holds beside the report, for who looks into it; no owner of a job is shown it. */
const notesSchema = z.object({
  /** Why the attempt failed: the sentence of the error table. */
  error: z.string().optional(),
  /** The last lines that FFmpeg wrote to stderr. */
  ffmpegLogs: z.array(z.string()).optional(),
});
export type ProgressNotes = z.infer<typeof notesSchema>;

/** A report as it lies in the PROGRESS table. */
export const storedReportSchema = progressReportSchema.extend(notesSchema.shape);
export type StoredReport = z.infer<typeof storedReportSchema>;

/**
 * What lies in Redis in the place of reports once a job has ended. It sends readers to the record, and keeps off late
 * reports of a worker that has not heard of the end. Nobody believes it.
 */
export const progressEndSchema = z.object({
  jobId: z.uuid(),
  attempt: z.int().nonnegative(),
  progress: z.union([z.literal(100), z.literal(-1)]),
  stage: z.enum(terminalStatuses),
  error: z.string().optional(),
  /** Epoch ms. Reports of attempts that began later are of another job: one that was deleted and made anew. */
  endedAt: z.int().nonnegative(),
  updatedAt: z.iso.datetime(),
});
export type ProgressEnd = z.infer<typeof progressEndSchema>;

/** Where a waiting job stands. SQS counts roughly and keeps no strict order, so none of this is exact. */
export const queueViewSchema = z.object({
  /** The job is among the next so many to start; later arrivals do not raise it for one reader. */
  position: z.int().positive(),
  /** Seconds until it may start, from the jobs finished lately; null when nothing is known to go by. */
  estimatedStartSeconds: z.int().nonnegative().nullable(),
  approximate: z.literal(true),
});
export type QueueView = z.infer<typeof queueViewSchema>;

/** A job's stage, with the time before the first and after the last. */
const stepSchema = z.union([stageSchema, z.literal('waiting'), z.literal('done')]);
/** The status, and in the place of `processing` what the worker does. */
const shownSchema = z.enum(['created', ...shownStages, ...terminalStatuses]);

/** What readers get: the poll answer and every server-sent event. */
export const progressViewSchema = z.object({
  jobId: z.uuid(),
  status: jobStatusSchema,
  /** 0..99 while active, exactly 100 when completed, −1 when failed or cancelled. */
  progress: z.number().min(-1).max(100),
  stage: shownSchema,
  /** The same more finely: the stage as `timings` name it, `waiting` before and `done` after. */
  step: stepSchema,
  /** 1 upload, 2 convert, 3 store. */
  phase: z.int().min(1).max(3),
  attempt: z.int().nonnegative(),
  /** When the attempt began, in epoch ms; null while the job waits. */
  startTime: z.int().nonnegative().nullable(),
  /** Seconds left of the whole job; null while nobody can tell. */
  estimatedTimeRemaining: z.number().nullable(),
  /** How much audio is converted, as `HH:MM:SS.cc` and in seconds. */
  currentTime: timecodeSchema.nullable(),
  currentSeconds: z.number().nullable(),
  /** How much there is, if the source says so. */
  totalDuration: timecodeSchema.nullable(),
  totalSeconds: z.number().nullable(),
  /** Bytes moved so far in a download or upload, and in all. */
  uploadedSize: z.number().nullable(),
  totalSize: z.number().nullable(),
  /** Audio seconds per wall second. */
  speed: z.number().nullable(),
  /** Why the job failed: a sentence, and its code in the error table. */
  error: z.string().nullable(),
  errorCode: z.string().nullable(),
  /** Limits, fields and the like that belong to the error, as the job's own; absent where it has none. */
  errorDetail: z.record(z.string(), z.unknown()).optional(),
  updatedAt: z.iso.datetime(),
  /** While the job waits, as far as it can be told; in poll answers only. */
  queue: queueViewSchema.optional(),
});
export type ProgressView = z.infer<typeof progressViewSchema>;

/** The same as clients read it: a stage of a newer server reads as the one in which most time is spent. */
export const heardProgressSchema = progressViewSchema.extend({
  stage: shownSchema.catch('converting'),
  step: stepSchema.catch('convert'),
});
