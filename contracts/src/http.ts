/** Bodies of requests and answers. The same schemas validate and generate `/api/openapi.json`. */
import { z } from 'zod';
import {
  fileIdSchema,
  inputFactsSchema,
  jobErrorSchema,
  jobIdSchema,
  outputSchema,
  timingsSchema,
  warningSchema,
} from './job.ts';
import { formatSchema, optionsSchema, qualitySchema } from './request.ts';
import { jobStatusSchema } from './states.ts';

export const errorBodySchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    requestId: z.string(),
    detail: z.record(z.string(), z.unknown()).optional(),
  }),
});

export const uploadedSchema = z.object({
  fileId: fileIdSchema,
  sizeBytes: z.int().positive(),
  fileName: z.string(),
  uploadedAt: z.iso.datetime(),
});
export type Uploaded = z.infer<typeof uploadedSchema>;

export const submitBodySchema = z.strictObject({
  fileId: fileIdSchema,
  format: formatSchema,
  quality: qualitySchema.optional(),
  options: optionsSchema.optional(),
});

const linksSchema = z.object({
  self: z.string(),
  progress: z.string(),
  events: z.string(),
  download: z.string(),
});

export const submittedSchema = z.object({
  jobId: jobIdSchema,
  status: z.literal('created'),
  createdAt: z.iso.datetime(),
  links: linksSchema,
});
export type Submitted = z.infer<typeof submittedSchema>;

/** A job as its owner sees it: the record without leases, outbox and storage internals. */
export const jobViewSchema = z.object({
  jobId: jobIdSchema,
  status: jobStatusSchema,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  source: z.enum(['upload', 'drop']),
  fileName: z.string(),
  inputSizeBytes: z.int(),
  input: inputFactsSchema.optional(),
  format: formatSchema,
  quality: qualitySchema.optional(),
  options: optionsSchema,
  attempt: z.int(),
  retryOf: jobIdSchema.optional(),
  output: outputSchema.omit({ bucket: true, key: true }).optional(),
  error: jobErrorSchema.optional(),
  warnings: z.array(warningSchema),
  timings: timingsSchema.optional(),
  links: linksSchema,
});
export type JobView = z.infer<typeof jobViewSchema>;

export const jobListSchema = z.object({ jobs: z.array(jobViewSchema), nextCursor: z.string().nullable() });

export const cleanupBodySchema = z.union([
  z.strictObject({ jobId: jobIdSchema }),
  z.strictObject({ fileId: fileIdSchema }),
]);
export const cleanupAnswerSchema = z.object({ deletedObjects: z.int().nonnegative() });

const dependencySchema = z.object({
  status: z.enum(['ok', 'down']),
  breaker: z.enum(['closed', 'halfOpen', 'open', 'none']),
  latencyMs: z.number().nullable(),
  resource: z.string(),
  problem: z.string().optional(),
});

export const healthSchema = z.object({
  /** `degraded`: conversions go on, something optional is down. `down`: nothing can be accepted. */
  status: z.enum(['ok', 'degraded', 'down']),
  environment: z.enum(['embedded', 'compose', 'aws']),
  version: z.string(),
  uptimeSeconds: z.number(),
  dependencies: z.object({
    s3: dependencySchema,
    sqs: dependencySchema,
    dynamodb: dependencySchema,
    eventbridge: dependencySchema,
    redis: dependencySchema,
  }),
});
export type Health = z.infer<typeof healthSchema>;
