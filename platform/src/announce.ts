/** Emptying a job's outbox: events out, then the record says so. Repeats are harmless (same eventId). */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { EventBus } from './event-bus.ts';
import type { JobTransitions } from './job-transitions.ts';

export interface AnnounceDeps {
  readonly events: EventBus;
  readonly transitions: JobTransitions;
}

/** @throws when EventBridge or DynamoDB does not answer; the sweeper then tries again later. */
export async function announce(deps: AnnounceDeps, job: Job): Promise<void> {
  if (job.pendingEvents.length > 0) await deps.events.put(job.pendingEvents);
  if (job.pendingEvents.length > 0 || job.dueAt !== undefined) await deps.transitions.announced(job.jobId);
}
