/**
 * Helping with a job that another worker has: one message, one segment. Nothing in here decides over the job; who joins
 * makes itself what did not come. See `docs/decisions/018-segments-of-very-long-results.md`.
 */
import { randomUUID } from 'node:crypto';
import { convertSegment, type MadeSegment } from '@wavefleet/audio/convert-segment.ts';
import type { Holes } from '@wavefleet/audio/holes.ts';
import { type RunnableJob, runnableJobSchema } from '@wavefleet/contracts/job.ts';
import { every } from '@wavefleet/platform/every.ts';
import type { SegmentTask } from '@wavefleet/platform/jobs/segments.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { commit } from '../commit.ts';
import type { JobDeps, WakeUpCall, WorkContext } from '../context.ts';
import { Lease, Stopped } from '../lease.ts';
import { DONE, type Outcome } from '../outcome.ts';
import { runLimits } from '../run-limits.ts';
import type { RunningJob } from '../running-job.ts';
import { downloadInput } from '../stages/download.ts';
import { probeInput } from '../stages/probe.ts';
import { StoredObjects, settleLater } from '../stored-objects.ts';
import { roomForResult } from '../temp-space.ts';
import { openForSegment } from './heard-source.ts';
import { SegmentStore } from './segment-store.ts';

/** The job was not there to be taken: its message now serves whichever waits, if any does. */
const HELPED: Outcome = { ...DONE, refused: true };

/** How often who helps asks whether jobs wait. What waits for a moment is taken by somebody who is idle. */
const LOOK_MS = 500;

/** Nobody sees how far a download of a helper is. */
const UNSEEN = { update: () => undefined };

/**
 * Takes a segment that is free, makes it and stores it; while jobs wait, those come first, with the same message.
 * @returns undefined where none was to be had.
 */
export async function help(
  deps: JobDeps,
  call: WakeUpCall,
  job: RunnableJob,
  enlist: (job: RunningJob) => () => void,
): Promise<Outcome | undefined> {
  const { platform } = deps;
  if (await platform.queue.hasJobsWaiting().catch(() => false)) return HELPED;
  const startedAtMs = performance.now();
  const task = await takeOne(deps, job);
  if (task === undefined) return undefined;
  const log = platform.log.child({ jobId: job.jobId, attempt: job.attempt });
  return await log.within(async () => {
    const releasers = new Releasers();
    let part = 0;
    const claim = { jobId: job.jobId, attempt: job.attempt, owner: task.owner };
    const beat = () => platform.segments.beat(task, platform.config.LEASE_MS, part);
    const lease = new Lease(
      { transitions: { beat }, queue: platform.queue, log, settings: platform.config },
      claim,
      call.receiptHandle,
      startedAtMs,
    );
    releasers.add(() => lease.stop());
    releasers.add(givingWay(deps, lease));
    const progress = { secondsLeft: null };
    releasers.add(enlist({ jobId: job.jobId, lease, progress }));
    const stored = new StoredObjects(platform, claim);
    releasers.add(() => settleLater(deps.background, stored));
    const end = async (how: 'stored' | 'failed' | undefined) => {
      await commit(() => platform.segments.end(task, how), lease.lost);
    };
    try {
      // Beside the one that this worker has taken.
      if (platform.segments.free(job).length > 1) void invite(deps, job);
      const folder = await deps.workDir.makeFolder(job.jobId, job.attempt, task.index);
      releasers.add(() => deps.workDir.removeFolder(folder));
      const context = { ...deps, log, job, folder, signal: lease.signal, progress: UNSEEN, stored };
      const how = await make(context, task, (made) => {
        part = made;
      });
      await end(how);
      if (how === 'stored') {
        log.say('segment.helped', { segment: task.index, ms: msSince(startedAtMs) });
        // What is made shows that the file can be: from now on more may help at once.
        await inviteToRest(deps, job);
      }
      return HELPED;
    } catch (error) {
      const reason: unknown = lease.signal.aborted ? lease.signal.reason : error;
      const stopped = reason instanceof Stopped ? reason.reason : undefined;
      if (stopped === undefined) log.say('segment.not-helped', { segment: task.index, err: error });
      if (stopped === 'gives-way') log.say('segment.given-back', { segment: task.index });
      // Whoever stops by itself gives it back as if nobody had had it.
      if (!lease.lost.aborted) await end(stopped === undefined ? 'failed' : undefined).catch(() => undefined);
      return stopped === 'shutdown' ? { kind: 'hide', ms: 0 } : HELPED;
    } finally {
      await releasers.run();
    }
  });
}

/** Stops when jobs wait at two looks running: who is idle has not taken them. Answers the function that ends it. */
function givingWay({ platform: { queue } }: JobDeps, lease: Lease): () => Promise<void> {
  let hadWaiting = false;
  const look = async () => {
    const hasWaiting = await queue.hasJobsWaiting();
    if (hasWaiting && hadWaiting) lease.abort('gives-way');
    hadWaiting = hasWaiting;
  };
  return every({ everyMs: LOOK_MS }, look, () => undefined);
}

/** The first that nobody else takes meanwhile. */
async function takeOne({ platform }: JobDeps, job: RunnableJob): Promise<SegmentTask | undefined> {
  const { config, segments } = platform;
  const plan = job.segments?.plan ?? '';
  for (const index of segments.free(job)) {
    const owner = `${config.INSTANCE_NAME}/${randomUUID()}`;
    const task: SegmentTask = { jobId: job.jobId, plan, index, owner, as: 'helps' };
    if (await segments.take(task, config.LEASE_MS, job.segments?.taken[index])) return task;
  }
  return undefined;
}

/** Calls for one helper. */
async function invite({ platform }: JobDeps, job: RunnableJob): Promise<void> {
  await platform.queue.invite(job).catch((error: unknown) => {
    platform.log.say('segment.unknown', { err: error });
  });
}

/** By the record as it is now. */
async function inviteToRest(deps: JobDeps, { jobId }: RunnableJob): Promise<void> {
  const job = await deps.platform.transitions.look(jobId).catch(() => undefined);
  const runnable = runnableJobSchema.safeParse(job);
  if (runnable.success && deps.platform.segments.free(runnable.data).length > 0)
    await invite(deps, runnable.data);
}

/** Answers how it ended. */
async function make(
  context: WorkContext,
  task: SegmentTask,
  onPart: (part: number) => void,
): Promise<'stored' | 'failed'> {
  const made = (await makeOfPieces(context, task, onPart)) ?? (await makeOfAll(context, task, onPart));
  if (made.kind !== 'made') {
    context.log.say('segment.different', { segment: task.index });
    return 'failed';
  }
  return made.isFit && (await new SegmentStore(context).put(made.segment, task.index)) ? 'stored' : 'failed';
}

/** Of what the segment hears. Undefined where all of the source is needed; then none of it is there. */
async function makeOfPieces(
  context: WorkContext,
  task: SegmentTask,
  onPart: (part: number) => void,
): Promise<MadeSegment | undefined> {
  const source = await openForSegment(context);
  if (source === undefined) return undefined;
  const made = await convertHere(context, task, onPart, source).finally(() => source.close());
  if (made.kind !== 'whole') return made;
  await source.remove();
  return undefined;
}

async function makeOfAll(
  context: WorkContext,
  task: SegmentTask,
  onPart: (part: number) => void,
): Promise<MadeSegment> {
  await downloadInput(context);
  return await convertHere(context, task, onPart);
}

async function convertHere(
  context: WorkContext,
  { plan, index }: SegmentTask,
  onPart: (part: number) => void,
  holes?: Holes,
): Promise<MadeSegment> {
  const { job, ffmpeg, folder, signal, log, platform } = context;
  const source = await probeInput(context);
  const { bytes } = roomForResult(job, source, platform.config);
  const limits = runLimits(context, source, job.options.trimStart, bytes);
  return await convertSegment(
    ffmpeg.in(folder, signal, log),
    source,
    job,
    { output: 'out', input: source.facts, limits, holes },
    { plan, index, leastSeconds: platform.config.FLEET_SPLIT_MIN_SECONDS, onPart },
  );
}
