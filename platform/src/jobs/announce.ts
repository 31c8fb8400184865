/**
 * Telling the world what became of a job: the result file next to a drop, the events, and then what was told is taken
 * out of the record's outbox. Every step may be repeated without harm (same bytes, same eventId).
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { Log } from '../log/log.ts';
import type { ObjectStore } from '../storage/objects.ts';
import { answerDrop, dropResult } from './drop-results.ts';
import { type EventBus, eventOf } from './events.ts';
import type { JobOutbox } from './outbox.ts';
import type { Usage } from './usage.ts';

export interface AnnounceDeps {
  readonly events: EventBus;
  readonly objects: ObjectStore;
  readonly outbox: JobOutbox;
  /** What an end costs its owner is written down before anybody hears of it. */
  readonly usage: Pick<Usage, 'count'>;
  readonly log: Log;
}

/** A job whose outbox is to be sent, and what of it is out already. */
export interface Announcement {
  readonly job: Job;
  /** Ids of events. */
  readonly sent: ReadonlySet<string>;
}

/** Nothing. */
const NONE: ReadonlySet<string> = new Set();

/**
 * Sends what the outbox holds and takes out what went.
 * @param sent ids of events that the caller knows to be out already.
 * @throws when S3, EventBridge or DynamoDB does not answer, or EventBridge refuses an event; a sweeper tries again.
 */
export async function announce(deps: AnnounceDeps, job: Job, sent = NONE): Promise<void> {
  const [problem] = await tryAll(deps, [{ job, sent }]);
  if (problem !== undefined) throw problem.error;
}

/** As {@link announce} for many jobs in one go, but never throws: what does not get through is left to a sweeper. */
export async function announceAll(deps: AnnounceDeps, batch: readonly Announcement[]): Promise<void> {
  for (const { jobId, error } of await tryAll(deps, batch)) {
    deps.log.say('job.not-announced', { jobId, err: error });
  }
}

/** As {@link announce}, but never throws. */
export async function announceOrLeave(deps: AnnounceDeps, job: Job): Promise<void> {
  await announceAll(deps, [{ job, sent: NONE }]);
}

interface Problem {
  readonly jobId: string;
  readonly error: unknown;
}

/** Each job by itself, but for the events, which go together. Answers what did not get through. */
async function tryAll(deps: AnnounceDeps, batch: readonly Announcement[]): Promise<Problem[]> {
  const answered = await Promise.all(batch.map((each) => attempt(each, () => settle(deps, each))));
  const problems = answered.filter((problem) => problem !== undefined);
  const ready = batch.filter((_, index) => answered[index] === undefined);
  const put = await putAll(deps, ready);
  const cleared = await Promise.all(ready.map((each) => attempt(each, () => clear(deps, each, put))));
  return [...problems, ...cleared.filter((problem) => problem !== undefined)];
}

async function attempt({ job }: Announcement, work: () => Promise<void>): Promise<Problem | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return { jobId: job.jobId, error };
  }
}

/** What comes before the event of an end: who hears of it finds the result file, and the minutes counted. */
async function settle(deps: AnnounceDeps, announcement: Announcement): Promise<void> {
  const { job } = announcement;
  const hasEnded = waitingOf(announcement).some(({ kind }) => kind === job.status);
  if (!hasEnded || !isTerminal(job.status)) return;
  await deps.usage.count(job);
  if (job.source.kind !== 'drop') return;
  const { key, ...drop } = job.source;
  await answerDrop(deps, key, dropResult(job, { ...drop, etag: job.inputS3Location.etag }));
}

/** What became of the events of all. */
interface Put {
  /** Ids of those that EventBridge took. */
  readonly taken: ReadonlySet<string>;
  readonly error: unknown;
}

async function putAll({ events }: AnnounceDeps, batch: readonly Announcement[]): Promise<Put> {
  const all = batch.flatMap((each) => waitingOf(each).map((news) => eventOf(each.job, news)));
  const taken = new Set<string>();
  try {
    if (all.length > 0) await events.put(all, { onTaken: (eventId) => taken.add(eventId) });
    return { taken, error: undefined };
  } catch (error) {
    return { taken, error };
  }
}

async function clear(deps: AnnounceDeps, { job, sent }: Announcement, { taken, error }: Put): Promise<void> {
  const out = job.pendingEvents.filter(({ eventId }) => sent.has(eventId) || taken.has(eventId));
  const isAll = out.length === job.pendingEvents.length;
  if (isAll || out.length > 0) await deps.outbox.clear(job, new Set(out.map(({ eventId }) => eventId)));
  if (isAll) return;
  throw error ?? new Failure('SERVICE_UNAVAILABLE', { cause: new Error('EventBridge refused some events') });
}

function waitingOf({ job, sent }: Announcement): Job['pendingEvents'] {
  return job.pendingEvents.filter(({ eventId }) => !sent.has(eventId));
}
