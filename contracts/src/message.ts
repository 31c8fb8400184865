/** The SQS message: a wake-up that points at the record, never the job itself. */
import { z } from 'zod';

/** The version this code writes. A worker leaves messages of a later version for later workers. */
export const MESSAGE_VERSION = 1;

export const jobMessageSchema = z.object({
  v: z.literal(MESSAGE_VERSION),
  jobId: z.uuid(),
  /** W3C trace context, so that one trace spans request and conversion. */
  traceparent: z.string().optional(),
});
export type JobMessage = z.infer<typeof jobMessageSchema>;

/** Enough of a message of any version to tell an unknown one from a broken one. */
export const messageVersionSchema = z.object({ v: z.int().positive() });
