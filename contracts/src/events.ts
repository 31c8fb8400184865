/**
 * What is announced on EventBridge: how jobs begin, are put off and end. At least once, so consumers drop repeats by
 * `eventId`.
 *
 * The record's outbox holds the news, and the event is made of both when it is sent: so news are small, can be written
 * by the very update that makes them, and can be sent by any process of any version. `kind` is open for that reason.
 */
import { z } from 'zod';
import { loudnessReportSchema } from './loudness.ts';
import { jobStatusSchema, type TerminalStatus, terminalStatuses } from './states.ts';

/** What this version announces. A job has one terminal event; the others come once for each attempt. */
export type EventKind = 'started' | 'retrying' | TerminalStatus;

const newsFields = z.looseObject({
  /** The same for every delivery: `jobId:status` of a terminal event, else `jobId:attempt:kind`. */
  eventId: z.string(),
  /** An {@link EventKind}, or one that a newer version writes. */
  kind: z.string(),
  /** When it happened (ISO). */
  time: z.iso.datetime(),
  /** The attempt that it is about; absent when a job ended before any. */
  attempt: z.int().optional(),
  /** Why a job was put off or failed. */
  errorCode: z.string().optional(),
});

/** News as an outbox holds them. Those written before there were kinds are terminal, and named by their status. */
export const newsSchema = z.preprocess(
  (news) =>
    typeof news === 'object' && news !== null && 'status' in news ? { kind: news.status, ...news } : news,
  newsFields,
);
export type News = z.infer<typeof newsSchema>;

/** An event as it is sent. */
export const eventSchema = newsFields.extend({
  jobId: z.uuid(),
  ownerId: z.string(),
  /** The job's status once this had happened. */
  status: jobStatusSchema,
  format: z.string(),
  fileName: z.string(),
  outputKey: z.string().optional(),
  /** Of completed jobs that asked for it. */
  loudness: loudnessReportSchema.optional(),
});
export type JobEvent = z.infer<typeof eventSchema>;

/** News of a job, made now. @param attempt undefined when there was none yet. */
export function newsOf(
  jobId: string,
  kind: EventKind,
  attempt: number | undefined,
  more: { readonly errorCode?: string } = {},
): News {
  const eventId = isTerminalKind(kind) ? `${jobId}:${kind}` : `${jobId}:${attempt}:${kind}`;
  const time = new Date().toISOString();
  return { eventId, kind, time, ...(attempt === undefined ? {} : { attempt }), ...more };
}

/** The job's status once the news had happened: news of kinds that are not an end are of a job at work. */
export function statusAfter(kind: string): JobEvent['status'] {
  return isTerminalKind(kind) ? kind : 'processing';
}

/** The `detail-type` of an event: `Job Completed`, `Job Started` and so on. */
export function detailTypeOf(kind: string): string {
  return `Job ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

function isTerminalKind(kind: string): kind is TerminalStatus {
  return terminalStatuses.some((status) => status === kind);
}
