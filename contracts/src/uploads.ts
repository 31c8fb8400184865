/**
 * The record of one uploaded file, and how a large one is cut into parts. The record outlives single jobs: one
 * upload may become several formats.
 */
import { z } from 'zod';
import { fileIdSchema, objectRefSchema } from './job.ts';

const common = {
  fileId: fileIdSchema,
  ownerId: z.string(),
  fileName: z.string(),
  createdAt: z.iso.datetime(),
  /** Epoch seconds after which DynamoDB may drop the record. */
  ttl: z.int(),
  /**
   * For who looks into the table: how much is there, as far as this service has seen it arrive. S3 alone knows it
   * exactly, and while parts go straight there, hears of them first. Records of before have none of these.
   */
  uploadedSize: z.int().nonnegative().optional(),
  totalChunks: z.int().positive().optional(),
  completedChunks: z.int().nonnegative().optional(),
  updatedAt: z.iso.datetime().optional(),
  /**
   * Its removal has begun: nobody can use it any more. The record stays until the bytes are gone, so that a removal
   * that broke off can be repeated.
   */
  removedAt: z.iso.datetime().optional(),
};

/** An upload whose bytes are all there. Records made in one request carry no `state`. */
export const uploadSchema = z.object({
  ...common,
  state: z.literal('complete').default('complete'),
  location: objectRefSchema,
  /** A picture for `options.setCover`; absent for what can be converted. */
  kind: z.literal('cover').optional(),
  /** Whether its first bytes were looked at (`sniff.ts`) when they arrived. Records of before say nothing. */
  startSeen: z.boolean().optional(),
  /** When its one request began; absent for uploads made in parts, and on records of before. */
  begunAt: z.iso.datetime().optional(),
  /** When the last part was joined; absent for uploads made in one request. */
  completedAt: z.iso.datetime().optional(),
  /** As it was while parts were sent; absent for uploads made in one request. */
  partSizeBytes: z.int().positive().optional(),
  /** Jobs that read this upload: the last one to be cleaned up takes the bytes with it. */
  jobs: z.set(z.string()).optional(),
  /** Epoch ms at which the newest of them was tied to it: just before that job's own record is written. */
  linkedAt: z.int().optional(),
});
export type Upload = z.infer<typeof uploadSchema>;

/**
 * Jobs that one upload can be tied to at once. Their ids are all in its record, which is written once more for each:
 * with many more it would cost dearly, and in the end be larger than DynamoDB takes (400 KB).
 */
export const MAX_JOBS_OF_UPLOAD = 1_000;

/** The largest picture that is taken as a cover. */
export const MAX_COVER_BYTES = 8 * 1024 ** 2;

/** An upload whose parts are still coming: an S3 multipart upload that nobody can read yet. */
export const openUploadSchema = z.object({
  ...common,
  state: z.literal('uploading'),
  bucket: z.string(),
  key: z.string(),
  /** S3's id of the multipart upload. Never leaves the server by itself. */
  multipartId: z.string(),
  /** Bytes of the whole file, as announced; the sum of the parts must meet it. */
  sizeBytes: z.int().positive(),
  partSizeBytes: z.int().positive(),
  /** After this nobody can go on with it, and a sweeper takes the parts away. */
  expiresAt: z.iso.datetime(),
  /** What the client wrote down to know its file again. Never interpreted. */
  fingerprint: z.string().optional(),
  /** The numbers of the parts that `completedChunks` counts; absent before the first. */
  parts: z.set(z.int()).optional(),
});
export type OpenUpload = z.infer<typeof openUploadSchema>;

export const storedUploadSchema = z.union([openUploadSchema, uploadSchema]);
export type StoredUpload = z.infer<typeof storedUploadSchema>;

/** Whether nobody can use it any more: it was not finished by `now` (epoch ms), or its removal has begun. */
export function isGone(upload: StoredUpload, now = Date.now()): boolean {
  return upload.removedAt !== undefined || hasLapsed(upload, now);
}

/** Whether it was not finished by `now` (epoch ms): the same before and after the sweep, so that nobody can tell when it came by. */
export function hasLapsed(upload: StoredUpload, now: number): boolean {
  return upload.state === 'uploading' && Date.parse(upload.expiresAt) <= now;
}

const MIB = 1024 ** 2;
/** A lost connection costs at most this much; S3's own minimum is 5 MiB for every part but the last. */
export const USUAL_PART_BYTES = 8 * MIB;
/** S3's own limit (AWS: "Amazon S3 multipart upload limits"). */
export const MAX_PARTS = 10_000;

/** The part size for a file: 8 MiB, or as many whole MiB as keep a huge file within S3's 10,000 parts. */
export function choosePartSize(sizeBytes: number): number {
  return Math.max(USUAL_PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS / MIB) * MIB);
}

export function partCountOf(sizeBytes: number, partSizeBytes: number): number {
  return Math.ceil(sizeBytes / partSizeBytes);
}

/** Bytes of part `partNumber` (from 1): the part size, or what is left for the last one. */
export function partBytesOf(partNumber: number, sizeBytes: number, partSizeBytes: number): number {
  return Math.min(partSizeBytes, sizeBytes - (partNumber - 1) * partSizeBytes);
}

/** One part as the storage has it. */
export const uploadPartSchema = z.object({ partNumber: z.int().positive(), sizeBytes: z.int().positive() });
export type UploadPart = z.infer<typeof uploadPartSchema>;

/**
 * The numbers of the parts that still have to be sent, in order. A part of the wrong size counts as missing: sent
 * again, it is replaced.
 */
export function missingParts(
  present: readonly UploadPart[],
  file: { readonly sizeBytes: number; readonly partSizeBytes: number },
): number[] {
  const { sizeBytes, partSizeBytes } = file;
  const sizes = new Map(present.map((part) => [part.partNumber, part.sizeBytes]));
  return Array.from({ length: partCountOf(sizeBytes, partSizeBytes) }, (_, index) => index + 1).filter(
    (partNumber) => sizes.get(partNumber) !== partBytesOf(partNumber, sizeBytes, partSizeBytes),
  );
}

/** `direct`: parts go straight to S3 by presigned URL. `proxy`: through the API, since browsers cannot reach S3. */
export const uploadModeSchema = z.enum(['direct', 'proxy']);
export type UploadMode = z.infer<typeof uploadModeSchema>;

/** Part numbers in one request for addresses. */
const MAX_ADDRESSES = 100;

export const createUploadBodySchema = z.strictObject({
  /** For display only: the last path part is kept, without control characters and cut to 255 bytes. */
  fileName: z.string(),
  sizeBytes: z.int().nonnegative(),
  /** Anything that lets the client know the file again, such as name, size and date. Given back unchanged. */
  fingerprint: z
    .string()
    .regex(/^[\s\S]{1,512}$/u, 'expected 1 to 512 characters')
    .optional(),
});

export const partAddressesBodySchema = z.strictObject({
  partNumbers: z
    .array(z.int().meta({ minimum: 1, maximum: MAX_PARTS }))
    .min(1)
    .max(MAX_ADDRESSES),
});

/** Where to `PUT` each part. With `proxy` the addresses are paths of this API. */
export const partAddressesSchema = z.object({
  mode: uploadModeSchema,
  expiresInSeconds: z.int().positive(),
  parts: z.array(z.object({ partNumber: z.int(), sizeBytes: z.int(), url: z.string() })),
});
export type PartAddresses = z.infer<typeof partAddressesSchema>;

/** An upload as its owner sees it, unfinished or not. */
export const uploadViewSchema = z.object({
  fileId: fileIdSchema,
  state: z.enum(['uploading', 'complete']),
  fileName: z.string(),
  sizeBytes: z.int().positive(),
  partSizeBytes: z.int().positive(),
  partCount: z.int().positive(),
  mode: uploadModeSchema,
  createdAt: z.iso.datetime(),
  /** Null once the upload is complete. */
  expiresAt: z.iso.datetime().nullable(),
  fingerprint: z.string().optional(),
  /** Parts that are there, in order. */
  parts: z.array(uploadPartSchema),
  /** Part numbers still to be sent, in order. */
  missing: z.array(z.int()),
  /** Bytes of the parts that are there and right. */
  receivedBytes: z.int().nonnegative(),
});
export type UploadView = z.infer<typeof uploadViewSchema>;
