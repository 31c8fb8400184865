/** Bodies of requests and answers. The same schemas validate and generate `/api/openapi.json`. */
import { z } from 'zod';
import {
  askedIdSchema,
  fileIdSchema,
  inputFactsSchema,
  jobErrorSchema,
  jobIdSchema,
  outputSchema,
  timingsSchema,
  warningSchema,
} from './job.ts';
import { loudnessReportSchema } from './loudness.ts';
import { askedPresetSchema } from './own-presets.ts';
import { queueViewSchema } from './progress.ts';
import { formatSchema, optionsSchema, qualitySchema } from './request.ts';
import { jobStatusSchema, terminalStatuses } from './states.ts';
import { systemViewSchema } from './system.ts';
import { uploadModeSchema } from './uploads.ts';
import { webhookUrlSchema } from './webhooks.ts';

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

/**
 * Deletes the result, and the upload when no other job needs it, a minute after one answer of the API has sent the
 * whole result. Parts of it, HEAD and `mode=url` do not count.
 */
const deleteAfterDownloadSchema = z.boolean();

/**
 * Whether whoever has signed in gets an e-mail when the job is completed or has failed. Default: as the account says. Who
 * wants none at all gets none.
 */
const emailSchema = z.boolean();

/** One more address that is told of the end of the job, as those of `/api/webhooks` are; `POST /api/job-webhooks` tells the secret. */
const webhookUrl = webhookUrlSchema.optional();

/** Says a `format`, or a `preset`, or both: what is said besides a preset goes before what the preset says. */
export const submitBodySchema = z
  .strictObject({
    fileId: askedIdSchema,
    /** One of the caller's own, or one that is built in. Another `format` than its own takes that format's default quality. */
    preset: askedPresetSchema.optional(),
    format: formatSchema.optional(),
    quality: qualitySchema.optional(),
    /** Each goes before the preset's of the same name. */
    options: optionsSchema.optional(),
    deleteAfterDownload: deleteAfterDownloadSchema.optional(),
    email: emailSchema.optional(),
    webhookUrl,
  })
  .superRefine(({ preset, format }, context) => {
    if (preset !== undefined || format !== undefined) return;
    const message = 'expected a format, or a preset that names one';
    context.addIssue({ code: 'invalid_type', expected: 'string', path: ['format'], message, input: format });
  })
  // What the rule above is in JSON Schema.
  .meta({ anyOf: [{ required: ['format'] }, { required: ['preset'] }] });
export type SubmitBody = z.infer<typeof submitBodySchema>;

/**
 * What a retry changes; what is left out stays as it was. Another `format` without a `quality` takes that format's
 * default, and so does `quality: null`. `options` replaces all options. A `preset` replaces all three, as in a submission:
 * what is said besides goes before it.
 */
export const retryBodySchema = z.strictObject({
  preset: askedPresetSchema.optional(),
  format: formatSchema.optional(),
  quality: qualitySchema.nullable().optional(),
  options: optionsSchema.optional(),
  deleteAfterDownload: deleteAfterDownloadSchema.optional(),
  email: emailSchema.optional(),
  webhookUrl,
});
export type RetryBody = z.infer<typeof retryBodySchema>;

/** A change of settings with which a failed job may succeed. */
const fixSchema = z.object({
  /** A sentence for a button or a hint, such as "Convert without trimming". */
  label: z.string(),
  /** The body for the job's retry. */
  changes: retryBodySchema,
});
export type Fix = z.infer<typeof fixSchema>;

const linksSchema = z.object({
  self: z.string(),
  progress: z.string(),
  events: z.string(),
  download: z.string(),
  /** With `?of=source` or `?of=result`: what a browser can play; see `playback`. */
  audio: z.string(),
});

/**
 * What the audio route has: the file itself, an MP3 of its beginning, nothing that a browser can play, or nothing yet:
 * previews are made once the result is stored and announced.
 */
const playbackSchema = z.enum(['file', 'preview', 'pending', 'none']);
export type Playback = z.infer<typeof playbackSchema>;

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
  /** The upload that was converted, for another job with it. */
  fileId: fileIdSchema.optional(),
  fileName: z.string(),
  inputSizeBytes: z.int(),
  input: inputFactsSchema.optional(),
  /** One of the catalogue's, unless a newer version of this service took the job. */
  format: z.string(),
  quality: z.string().optional(),
  options: z.record(z.string(), z.unknown()),
  attempt: z.int(),
  retryOf: jobIdSchema.optional(),
  output: outputSchema.omit({ bucket: true, key: true }).optional(),
  error: jobErrorSchema.optional(),
  /** With a failure that other settings may avoid. */
  fix: fixSchema.optional(),
  warnings: z.array(warningSchema),
  /** Of completed jobs that asked for `options.loudness`. */
  loudness: loudnessReportSchema.optional(),
  timings: timingsSchema.optional(),
  /** True when the job asked for it. */
  deleteAfterDownload: z.boolean().optional(),
  /** How long the uploaded file is kept for another conversion, unless one is made of it meanwhile. Once the job is over. */
  uploadKeptUntil: z.iso.datetime().optional(),
  /** When the result and, unless another job needs it, the upload were deleted: after the download or by a clean-up. */
  removedAt: z.iso.datetime().optional(),
  /** While the job waits, as far as it can be told. */
  queue: queueViewSchema.optional(),
  playback: z.object({ source: playbackSchema, result: playbackSchema }),
  links: linksSchema,
});
export type JobView = z.infer<typeof jobViewSchema>;

/** The same as clients read it: without the settings of a newer server that they do not know. */
export const heardJobSchema = jobViewSchema.extend({ fix: fixSchema.optional().catch(undefined) });

/** One page of a history, newest first; `nextCursor` leads to the next one. */
export const jobListSchema = z.object({ jobs: z.array(jobViewSchema), nextCursor: z.string().nullable() });
export type JobList = z.infer<typeof jobListSchema>;

/** The same as clients read it. */
export const heardJobListSchema = jobListSchema.extend({ jobs: z.array(heardJobSchema) });

/** What cancelling an active job answers: it may have been finished in that very moment. */
export const endedJobSchema = z.object({ jobId: jobIdSchema, status: z.enum(terminalStatuses) });

/** What `/api/download?mode=url` answers: a link that needs no credentials. */
export const downloadLinkSchema = z.object({
  url: z.url(),
  expiresInSeconds: z.int(),
  /** Always false: the API does not see such a download, and so deletes nothing after it. `POST /api/cleanup` does. */
  deletesAfterDownload: z.literal(false).default(false),
});
export type DownloadLink = z.infer<typeof downloadLinkSchema>;

export const cleanupBodySchema = z.union(
  [z.strictObject({ jobId: askedIdSchema }), z.strictObject({ fileId: askedIdSchema })],
  'expected a jobId or a fileId, and nothing else',
);
export const cleanupAnswerSchema = z.object({ deletedObjects: z.int().nonnegative() });

const formatViewSchema = z.object({
  label: z.string(),
  extension: z.string(),
  mimeType: z.string(),
  codec: z.string(),
  lossless: z.boolean(),
  quality: z
    .object({
      unit: z.enum(['kbps', 'q']),
      min: z.number(),
      max: z.number(),
      low: z.number(),
      medium: z.number(),
      high: z.number(),
    })
    .optional(),
  /** Values of `quality` worth offering, best last; empty for lossless formats. Others within the scale work too. */
  qualities: z.array(z.string()),
  /** Values of `quality` that let the bitrate vary, the best first. Servers of before have none. */
  variableQualities: z.array(z.string()).default([]),
  /** Rates that the encoder takes, in Hz; absent where it takes any. */
  sampleRates: z.array(z.int()).optional(),
  /** What `options.sampleRate` may be for this format, in Hz. */
  requestableSampleRates: z.array(z.int()),
  maxChannels: z.int(),
  /** What `options.bitDepth` may be; empty for lossy formats. */
  bitDepths: z.array(z.int()),
  cover: z.boolean(),
  tags: z.enum(['all', 'common', 'few']),
  /** Whether today's browsers play it; else the job gets a preview. */
  browserPlayable: z.boolean(),
});

/** The catalogue: what can come in, what can come out, and within which limits. */
export const catalogueSchema = z.object({
  inputs: z.array(z.string()),
  /** By name. Page and server may be of different versions for a while: either may know one more. */
  outputs: z.record(z.string(), formatViewSchema),
  /** By name; `presets.ts`, or those of a server of another version. */
  presets: z.record(
    z.string(),
    z.object({
      label: z.string(),
      format: z.string(),
      quality: z.string().optional(),
      options: z.record(z.string(), z.unknown()),
    }),
  ),
  /** What `options.sampleRate` takes, where the format takes it too. */
  sampleRates: z.array(z.int()),
  upload: z.object({
    mode: uploadModeSchema,
    /** Hours after which an unfinished upload is given up. */
    expiryHours: z.int(),
  }),
  limits: z.object({
    /** Of a file in one request. */
    maxUploadBytes: z.int(),
    /** Of a file in parts. */
    maxResumableUploadBytes: z.int(),
    maxDurationSeconds: z.int(),
    minSampleRate: z.int(),
    maxSampleRate: z.int(),
    maxChannels: z.int(),
    maxStreams: z.int(),
  }),
});
export type Catalogue = z.infer<typeof catalogueSchema>;

const dependencySchema = z.object({
  status: z.enum(['ok', 'down']),
  breaker: z.enum(['closed', 'halfOpen', 'open', 'none']),
  latencyMs: z.number().nullable(),
  resource: z.string(),
  problem: z.string().optional(),
});

export const healthSchema = z.object({
  /**
   * `degraded`: something optional is down, or short of resources. `down`: nothing can be accepted, since S3 or
   * DynamoDB is away.
   */
  status: z.enum(['ok', 'degraded', 'down']),
  /** True once the process was told to stop: it goes on for a while, and whoever can should use another one. */
  closing: z.boolean().optional(),
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
  /** Servers of before do not say it. */
  system: systemViewSchema.optional(),
});
export type Health = z.infer<typeof healthSchema>;
