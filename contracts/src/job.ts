/**
 * The job record: the only authority on what has happened to a job. One DynamoDB item per job.
 *
 * During a rolling deployment processes of two versions read the same records. So {@link jobSchema} takes what a newer
 * version may have written (formats, options, timings, kinds of events), and every process can show and announce every
 * job; a worker, which must understand what was asked, reads it as a {@link runnableJobSchema}. What this version does
 * not know of a record is left out when it is read and stays where it is: records change by single attributes.
 */
import { z } from 'zod';
import { type ErrorCode, isErrorCode } from './error-codes.ts';
import { newsSchema } from './events.ts';
import type { Failure } from './failure.ts';
import { loudnessReportSchema } from './loudness.ts';
import { formatSchema, optionsSchema, qualitySchema } from './request.ts';
import { shareSchema } from './shares.ts';
import { jobStatusSchema } from './states.ts';
import { trackSchema } from './tracks.ts';

export const jobIdSchema = z.uuid();
export const fileIdSchema = z.uuid();

/**
 * An id as a request may ask for it. Those that this service makes are UUIDs; of another form there simply is none, and
 * who asks is told so as for any other that is not there.
 */
export const askedIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,128}$/, 'expected 1 to 128 letters, digits and dashes');

/** Whoever says nothing of who asks: all of them share what they make. */
export const ANONYMOUS_OWNER = 'anonymous';

const errorCodeSchema = z
  .string()
  .transform((code): ErrorCode => (isErrorCode(code) ? code : 'INTERNAL_ERROR'));

export const jobErrorSchema = z.object({
  code: errorCodeSchema,
  message: z.string(),
  retryable: z.boolean(),
  /** The HTTP status that the error would be as an answer. Records of before have none. */
  status: z.int().optional(),
  detail: z.record(z.string(), z.unknown()).optional(),
});
export type JobError = z.infer<typeof jobErrorSchema>;

/** A failure as a job keeps it. */
export function jobErrorOf({ code, message, retryable, status, detail }: Failure): JobError {
  return { code, message, retryable, status, ...(detail === undefined ? {} : { detail }) };
}

/** Something the user should know about a result that is otherwise fine. Codes are stable. */
export const warningSchema = z.object({ code: z.string(), message: z.string() });
export type Warning = z.infer<typeof warningSchema>;

/** Where the bytes lie in S3. `etag` pins the version that was submitted. */
export const objectRefSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  sizeBytes: z.int().nonnegative(),
  etag: z.string(),
});
export type ObjectRef = z.infer<typeof objectRefSchema>;

/** What probing found in the source. */
export const inputFactsSchema = z.object({
  container: z.string(),
  codec: z.string(),
  /** Seconds as the container declares them: a hint only, headers lie. Null when it declares none. */
  durationSeconds: z.number().nonnegative().nullable(),
  sampleRate: z.int(),
  channels: z.int(),
  /** Bits per sample where the codec has such a thing, else 0. */
  bitDepth: z.int(),
  streams: z.int(),
  hasCover: z.boolean(),
  /** One text each; several values of a tag are joined by "; ". */
  tags: z.record(z.string(), z.string()),
  /** The values of those tags that have several. Records of before have none. */
  tagValues: z.record(z.string(), z.array(z.string())).optional(),
  /** The audio tracks, and the one that is converted (its number, from 1). Records of before have neither. */
  tracks: z.array(trackSchema).optional(),
  track: z.int().positive().optional(),
});
export type InputFacts = z.infer<typeof inputFactsSchema>;

const sourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('upload'), fileId: fileIdSchema }),
  z.object({
    kind: z.literal('drop'),
    bucket: z.string(),
    key: z.string(),
    version: z.string(),
    /** Empty where the store makes none; then `eventTime` (ISO) tells drops of one key apart, if anything does. */
    sequencer: z.string(),
    eventTime: z.string().optional(),
  }),
]);
export type Source = z.infer<typeof sourceSchema>;

/** An uploaded picture, and where it lies. */
const coverSchema = z.object({ fileId: fileIdSchema, location: objectRefSchema });
export type Cover = z.infer<typeof coverSchema>;

export const outputSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  sizeBytes: z.int().positive(),
  sha256: z.string(),
  durationSeconds: z.number().positive(),
  sampleRate: z.int(),
  channels: z.int(),
  codec: z.string(),
  /** How many files are in it, when it is a zip: then the figures are those of the files, and the duration their sum. */
  files: z.int().positive().optional(),
});
export type JobOutput = z.infer<typeof outputSchema>;

const previewSchema = z.object({ key: z.string(), sizeBytes: z.int().positive() });
/** MP3s of the beginning of what browsers cannot play. One file may stand for both. */
const previewsSchema = z.object({
  source: previewSchema.optional(),
  result: previewSchema.optional(),
});
export type Previews = z.infer<typeof previewsSchema>;

/**
 * Milliseconds spent, by stage (`stages.ts`; those of a newer worker too). `queued` is from creation to the claim that
 * finished the job, `total` from creation to its end.
 */
export const timingsSchema = z.object({ queued: z.number(), total: z.number() }).catchall(z.number());
export type Timings = z.infer<typeof timingsSchema>;

/** Who is at one segment, or has done it. */
const segmentMarkSchema = z.object({
  /** Unique to this taking of it. */
  owner: z.string(),
  /** `joins`: the attempt that has the job's lease, for as long as it has it. `helps`: another worker, until `until`. */
  as: z.enum(['joins', 'helps']),
  /** Epoch ms. */
  until: z.int(),
  /** Which part of it is made, up to 1. */
  part: z.number(),
  /** `stored`: it lies in S3. `failed`: who helped could not make it. Absent while it is made. */
  end: z.enum(['stored', 'failed']).optional(),
});
export type SegmentMark = z.infer<typeof segmentMarkSchema>;

/** Segments of a very long result that other workers may help with. */
const segmentsSchema = z.object({
  /** Hash of all of them: who comes to another one by the same order makes other segments. */
  plan: z.string(),
  /** How many are there for helpers: those with an index below. */
  count: z.int().nonnegative(),
  /** By their index. */
  taken: z.record(z.string(), segmentMarkSchema),
});
export type Segments = z.infer<typeof segmentsSchema>;

export const jobSchema = z.object({
  jobId: jobIdSchema,
  ownerId: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Epoch seconds after which DynamoDB may drop the record. */
  ttl: z.int(),
  source: sourceSchema,
  /** The name the user gave the file; for display and downloads only, never part of a key. */
  fileName: z.string(),
  inputS3Location: objectRefSchema,
  /** The picture that `options.setCover` names. */
  cover: coverSchema.optional(),
  input: inputFactsSchema.optional(),
  /** What was asked for; see {@link orderSchema} for what this version understands. */
  format: z.string(),
  quality: z.string().optional(),
  options: z.record(z.string(), z.unknown()),
  /** What a worker must be able to do for it; see `needs.ts`. Records of before have none, and any worker will do. */
  needs: z.int().default(0),
  /** Hash of the request body that made the job: tells a replay from a reused Idempotency-Key. */
  fingerprint: z.string(),
  retryOf: jobIdSchema.optional(),
  status: jobStatusSchema,
  /** Fencing token: +1 at each claim, never lower. Every worker write is conditional on it. */
  attempt: z.int().nonnegative(),
  /**
   * Claims that did not end orderly. Back to its old value at any orderly end. Records of before may have one taken back
   * twice: below zero is none.
   */
  crashes: z.int().transform((count) => Math.max(0, count)),
  /** Failures after which it was tried again, without those that were no fault of the job; see `Again`. */
  retries: z.int().nonnegative(),
  /** The same by error code: each has a budget of its own. Records of before have none. */
  retriesBy: z.record(z.string(), z.int()).optional(),
  /** Epoch ms at which a service or a machine began to fail the job, and at which it last did. */
  troubledSince: z.int().optional(),
  troubledAt: z.int().optional(),
  /** Its first message is not known to be on the queue. Absent once it is, and on records of before. */
  unsent: z.literal(true).optional(),
  /** Epoch ms before which nobody may claim it: it was put off, and a message of it may come early. */
  notBefore: z.int().optional(),
  /** How often the sweeper had to send the message again. Spaces the next time. */
  redispatches: z.int().nonnegative(),
  /** `owner` is unique per claim; `until` is epoch milliseconds. */
  lease: z.object({ owner: z.string(), until: z.int() }).optional(),
  /** Of a very long result in the making, and of one that was. What cannot be read is nothing to help with. */
  // Not by `catch`, which the API's document cannot describe.
  segments: z.preprocess((stored) => segmentsSchema.safeParse(stored).data, segmentsSchema.optional()),
  outputS3Location: outputSchema.optional(),
  previews: previewsSchema.optional(),
  /** Epoch ms until which previews may still come: they are made after the job is completed. */
  previewsUntil: z.int().optional(),
  error: jobErrorSchema.optional(),
  warnings: z.array(warningSchema),
  /** Of jobs that asked for it. */
  loudness: loudnessReportSchema.optional(),
  timings: timingsSchema.optional(),
  /** Whether result and upload go once the result was downloaded. */
  deleteAfterDownload: z.boolean().optional(),
  /** What its submission said of an e-mail at its end; absent when it said nothing. */
  email: z.boolean().optional(),
  /** An address that is told of its end. */
  webhookUrl: z.string().optional(),
  /** Epoch ms: it was downloaded, and goes then. */
  deleteAt: z.int().optional(),
  /** Epoch ms at which the job lets go of its upload, once it is over; absent when that goes with the job itself. */
  uploadKeptUntil: z.int().optional(),
  /** When what was stored of the job was deleted before its time: after its download, or by a clean-up. */
  removedAt: z.iso.datetime().optional(),
  /** Outbox: appended to by the update that makes the news, each removed after EventBridge took its event. */
  pendingEvents: z.array(newsSchema),
  /** Links to the result for others, by their ids. Absent until the first is made. */
  shares: z.record(z.string(), shareSchema).optional(),
  /**
   * Sparse index: somebody must act at `dueAt` (epoch ms) if nobody did before. Once all is done and told, that is the
   * time at which the job expires; the shards are others then (`DUE_SHARDS`).
   */
  dueShard: z.int().min(0).optional(),
  dueAt: z.int().optional(),
  /** W3C trace context of the request that made the job, when it carried one. */
  traceparent: z.string().optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** What a conversion is asked for, as this version understands it. */
export const orderSchema = z.object({
  format: formatSchema,
  quality: qualitySchema.optional(),
  options: optionsSchema,
});

/** A job that this version's worker can run. */
export const runnableJobSchema = jobSchema.extend(orderSchema.shape);
export type RunnableJob = z.infer<typeof runnableJobSchema>;

/** Whose job it is. Drops of former versions were stored as of nobody, and are nobody's: all the world would own them. */
export function isOwnedBy({ ownerId, source }: Pick<Job, 'ownerId' | 'source'>, askerId: string): boolean {
  return ownerId === askerId && !(ownerId === ANONYMOUS_OWNER && source.kind === 'drop');
}
