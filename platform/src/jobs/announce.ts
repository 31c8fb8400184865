/**
 * Telling the world what became of a job: its readers, the result file next to a drop, the events, and then what was
 * told is taken out of the record's outbox. Every step may be repeated without harm (same bytes, same eventId).
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type InputFacts, type Job, jobErrorOf } from '@wavefleet/contracts/job.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { Log } from '../log/log.ts';
import type { ProgressStore } from '../progress/store.ts';
import type { ObjectStore } from '../storage/objects.ts';
import { answerDrop, dropResult } from './drop-results.ts';
import { type EventBus, eventOf } from './events.ts';
import type { JobOutbox } from './outbox.ts';
import type { Claim, JobTransitions } from './transitions.ts';

interface AnnounceDeps {
  readonly events: EventBus;
  readonly objects: ObjectStore;
  readonly outbox: JobOutbox;
  readonly log: Log;
}

export interface TellDeps extends AnnounceDeps {
  readonly progress: ProgressStore;
  readonly config: { readonly JOBS_TABLE: string };
}

/** Nothing. */
const NONE: ReadonlySet<string> = new Set();

/**
 * Sends what the outbox holds and takes out what went.
 * @param sent ids of events that the caller knows to be out already.
 * @throws when S3, EventBridge or DynamoDB does not answer, or EventBridge refuses an event; a sweeper tries again.
 */
export async function announce(deps: AnnounceDeps, job: Job, sent = NONE): Promise<void> {
  const waiting = job.pendingEvents.filter(({ eventId }) => !sent.has(eventId));
  const hasEnded = waiting.some(({ kind }) => kind === job.status);
  if (hasEnded && isTerminal(job.status) && job.source.kind === 'drop') {
    const { key, ...drop } = job.source;
    await answerDrop(deps, key, dropResult(job, { ...drop, etag: job.inputS3Location.etag }));
  }
  const taken =
    waiting.length === 0 ? NONE : await deps.events.put(waiting.map((news) => eventOf(job, news)));
  await deps.outbox.clear(job, new Set([...sent, ...taken]));
  if (taken.size < waiting.length) {
    throw new Failure('SERVICE_UNAVAILABLE', { cause: new Error('EventBridge refused some events') });
  }
}

/**
 * Tells everybody that a job has ended: readers of its progress first, they wait. The record has the last word
 * already, so what fails here is done again by a sweeper. Never throws.
 * @param sent as for {@link announce}.
 */
export async function tell(deps: TellDeps, job: Job, sent = NONE): Promise<void> {
  await deps.progress.ended(job);
  await announceOrLeave(deps, job, sent);
}

/** As {@link announce}, but never throws: what does not get through is left to a sweeper. */
export async function announceOrLeave(
  deps: AnnounceDeps & Pick<TellDeps, 'log'>,
  job: Job,
  sent = NONE,
): Promise<void> {
  await announce(deps, job, sent).catch((error: unknown) => {
    deps.log.say('job.not-announced', { err: error, jobId: job.jobId });
  });
}

/**
 * Ends a job that cannot succeed, and tells it.
 * @param claim the worker's right to do so; without it nothing happens.
 * @param more.input what probing found before it failed.
 * @param more.sent as for {@link announce}.
 * @throws SDK errors, when the record could not be written.
 */
export async function failJob(
  deps: TellDeps & { readonly transitions: JobTransitions },
  claim: Claim,
  failure: Failure,
  more: { readonly input?: InputFacts | undefined; readonly sent?: ReadonlySet<string> } = {},
): Promise<void> {
  const failed = await deps.transitions.finish(claim, {
    status: 'failed',
    error: jobErrorOf(failure),
    input: more.input,
  });
  if (failed === undefined) return;
  deps.log.say('job.failed', {
    jobId: claim.jobId,
    attempt: claim.attempt,
    code: failure.code,
    status: failure.status,
    table: deps.config.JOBS_TABLE,
    err: failure.cause ?? failure,
  });
  await tell(deps, failed, more.sent);
}
