/**
 * A job as a history shows it. Histories are read from an index that holds these attributes and no others
 * (`history` in `resources.json`): what is not here changes without a write to that index.
 */
import type { z } from 'zod';
import { jobSchema } from './job.ts';

/** Read as leniently as the record itself. */
export const historyJobSchema = jobSchema.pick({
  jobId: true,
  createdAt: true,
  updatedAt: true,
  source: true,
  fileName: true,
  inputS3Location: true,
  input: true,
  format: true,
  quality: true,
  options: true,
  retryOf: true,
  status: true,
  attempt: true,
  outputS3Location: true,
  previews: true,
  previewsUntil: true,
  error: true,
  warnings: true,
  loudness: true,
  timings: true,
  deleteAfterDownload: true,
  uploadKeptUntil: true,
  removedAt: true,
});
export type HistoryJob = z.infer<typeof historyJobSchema>;
