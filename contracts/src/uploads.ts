/** The record of one uploaded file. It outlives single jobs: one upload may become several formats. */
import { z } from 'zod';
import { fileIdSchema, objectRefSchema } from './job.ts';

export const uploadSchema = z.object({
  fileId: fileIdSchema,
  ownerId: z.string(),
  fileName: z.string(),
  createdAt: z.iso.datetime(),
  ttl: z.int(),
  location: objectRefSchema,
  /** Jobs that read this upload: the last one to be cleaned up takes the bytes with it. */
  jobs: z.set(z.string()).optional(),
});
export type Upload = z.infer<typeof uploadSchema>;
