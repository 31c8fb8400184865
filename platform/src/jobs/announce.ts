/**
 * Telling the world how a job ended: the result file next to a drop, the events, then the record's outbox is
 * emptied. Every step may be repeated without harm (same bytes, same eventId).
 */
import type { Job } from '@wavefleet/contracts/job.ts';
import { dropResultKey } from '@wavefleet/contracts/keys.ts';
import type { ObjectStore } from '../storage/objects.ts';
import type { EventBus } from './events.ts';
import type { JobTransitions } from './transitions.ts';

export interface AnnounceDeps {
  readonly events: EventBus;
  readonly objects: ObjectStore;
  readonly transitions: JobTransitions;
}

/** @throws when S3, EventBridge or DynamoDB does not answer; the sweeper then tries again later. */
export async function announce(deps: AnnounceDeps, job: Job): Promise<void> {
  if (job.pendingEvents.length > 0) {
    if (job.source.kind === 'drop')
      await deps.objects.putJson(dropResultKey(job.source.key), dropResult(job));
    await deps.events.put(job.pendingEvents);
  }
  if (job.pendingEvents.length > 0 || job.dueAt !== undefined) await deps.transitions.announced(job.jobId);
}

/** What a client that only speaks S3 reads below `results/`. */
function dropResult(job: Job) {
  return {
    jobId: job.jobId,
    status: job.status,
    outputKey: job.outputS3Location?.key ?? null,
    error: job.error ?? null,
    warnings: job.warnings,
  };
}
