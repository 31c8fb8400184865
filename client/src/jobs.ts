/** Jobs over HTTP. */

import type { FormatName } from '@wavefleet/contracts/formats.ts';
import {
  type JobView,
  jobListSchema,
  jobViewSchema,
  type RetryBody,
  type Submitted,
  submittedSchema,
} from '@wavefleet/contracts/http.ts';
import { type ProgressView, progressViewSchema } from '@wavefleet/contracts/progress.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import type { JobStatus } from '@wavefleet/contracts/states.ts';
import { call, callForNothing } from './call.ts';

/** What one conversion asks for. */
export interface Conversion {
  readonly format: FormatName;
  readonly quality?: Quality | undefined;
  readonly options: ConversionOptions;
}

export interface JobPage {
  readonly jobs: readonly JobView[];
  readonly nextCursor: string | null;
}

/** @param key the same key and conversion give the same job, however often it is asked. */
export function submitJob(fileId: string, conversion: Conversion, key: string): Promise<Submitted> {
  const { format, quality, options } = conversion;
  const body = { fileId, format, ...(quality === undefined ? {} : { quality }), options };
  return call(submittedSchema, '/api/jobs', { method: 'POST', body, headers: { 'Idempotency-Key': key } });
}

export function listJobs(
  query: { status?: JobStatus | undefined; limit: number; cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<JobPage> {
  const search = new URLSearchParams({ limit: String(query.limit) });
  if (query.status !== undefined) search.set('status', query.status);
  if (query.cursor !== undefined) search.set('cursor', query.cursor);
  return call(jobListSchema, `/api/jobs?${search}`, signal === undefined ? {} : { signal });
}

export const getJob = (jobId: string): Promise<JobView> => call(jobViewSchema, `/api/jobs/${jobId}`);

export const getProgress = (jobId: string, signal: AbortSignal): Promise<ProgressView> =>
  call(progressViewSchema, `/api/progress?jobId=${jobId}`, { signal });

/** Runs it again as a new job, with `changes` to what was asked. */
export const retryJob = (jobId: string, changes: RetryBody = {}): Promise<Submitted> =>
  call(submittedSchema, `/api/jobs/${jobId}/retry`, { method: 'POST', body: changes });

/** Cancels it while it is active, deletes it with its result when it has ended. */
export const removeJob = (jobId: string): Promise<void> =>
  callForNothing(`/api/jobs/${jobId}`, { method: 'DELETE' });
