/** The spine: one message becomes one job done. Read this first; each stage has its own file. */
import { randomUUID } from 'node:crypto';
import type { ProbedSource } from '@wavefleet/audio/probing/source.ts';
import type { WhyFiles } from '@wavefleet/audio/streaming/convert-streamed.ts';

import type { InputFacts, Job } from '@wavefleet/contracts/job.ts';
import { segmentsPrefix } from '@wavefleet/contracts/keys.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { traceIdOf } from '@wavefleet/platform/trace.ts';
import { adoptEarlier, removeOfOthers } from './adoption.ts';
import { type Commit, commit } from './commit.ts';
import type { ClaimedJob, JobContext, JobDeps, WakeUpCall } from './context.ts';
import { endEarly } from './end-early.ts';
import { JobNews } from './job-news.ts';
import { Lease } from './lease.ts';
import { type ALONE, DONE, type Outcome } from './outcome.ts';
import { ProgressReporter } from './progress/progress-reporter.ts';
import type { RunningJob } from './running-job.ts';
import { openForJob } from './segments/heard-source.ts';
import { help } from './segments/help.ts';
import { type EarlyStart, fetchOrBegin } from './source/early-start.ts';
import { StageClock } from './stage-clock.ts';
import { announceOutcome } from './stages/announce.ts';
import { type Claimed, claimFacts, claimJob } from './stages/claim.ts';
import { completeJob } from './stages/complete.ts';
import { convertAudio } from './stages/convert.ts';
import { addPreviews } from './stages/preview.ts';
import { probeInput } from './stages/probe.ts';
import { convertByChapter } from './stages/split.ts';
import { uploadOutput } from './stages/upload.ts';
import { type VerifiedOutput, verifyOutput } from './stages/verify.ts';
import { StoredObjects, settleLater } from './stored-objects.ts';
import { makeStreamed, notStreamed } from './streaming/make-streamed.ts';
import type { StreamedSource } from './streaming/streamed-source.ts';

/**
 * Runs the job that a message points at, through all its stages, to a terminal state or back to the queue.
 * Never throws for anything a job can do; what it throws is a service that does not answer.
 * @param enlist lists the job while it runs, so that a shutdown can reach it; answers how to strike it off.
 */
export async function runJob(
  deps: JobDeps,
  call: WakeUpCall,
  enlist: (job: RunningJob) => () => void,
): Promise<Outcome | typeof ALONE> {
  const { jobId, traceparent } = call.message;
  const log = deps.platform.log.child({ jobId, traceId: traceIdOf(traceparent) });
  return await log.within(async () => {
    const claimedAtMs = performance.now();
    await deps.onStage('claim', jobId);
    const owner = `${deps.platform.config.INSTANCE_NAME}/${randomUUID()}`;
    const claimed = await claimJob(deps, call, owner);
    if (claimed.kind === 'leased') return (await help(deps, call, claimed.job, enlist)) ?? claimed.outcome;
    if (claimed.kind === 'settled') return claimed.outcome;
    const ofAttempt = log.child({ attempt: claimed.job.attempt });
    ofAttempt.say('job.claimed', claimFacts(claimed, call, deps.platform.config.JOBS_TABLE));
    return await ofAttempt.within(() =>
      runStages({ ...deps, log: ofAttempt }, call, claimed, claimedAtMs, enlist),
    );
  });
}

/** All stages of a claimed job. Whatever is called in here says lines that carry the job's ids. */
async function runStages(
  deps: JobDeps & { readonly log: Log },
  call: WakeUpCall,
  claimed: Extract<Claimed, { kind: 'claimed' }>,
  claimedAtMs: number,
  enlist: (job: RunningJob) => () => void,
): Promise<Outcome> {
  const releasers = new Releasers();
  const { job, lease } = begin(deps, call, claimed, claimedAtMs, releasers);
  releasers.add(enlist({ jobId: claimed.job.jobId, lease, progress: job.progress }));
  const clock = new StageClock(claimed.job);
  const at = async <T>(stage: Stage, work: () => Promise<T>): Promise<T> => {
    job.signal.throwIfAborted();
    job.progress.enter(stage);
    await deps.onStage(stage, claimed.job.jobId);
    return await clock.time(stage, work);
  };
  let found: InputFacts | undefined;
  try {
    const earlier = await adoptEarlier(job);
    const made = earlier === undefined ? await make() : { result: earlier };
    const { result } = made;
    const timings = { ...result.timings, ...clock.timings() };
    const completed = await at('complete', () =>
      completeJob(job, { ...result, timings, hasSource: 'previews' in made }),
    );
    lease.stop();
    job.progress.stop();
    if (completed === undefined) return DONE;
    // The job is completed: nothing that happens now may keep it from being told, or change how it ended.
    await deps.onStage('announce', claimed.job.jobId);
    await announceOutcome(job, completed);
    job.background.run(() => removeOfOthers(job));
    await deps.onStage('preview', claimed.job.jobId);
    if ('previews' in made) await made.previews(completed);
    return DONE;
  } catch (error) {
    return await endEarly(job, lease, error, found);
  } finally {
    await releasers.run();
  }

  /** The result, from the source to S3. */
  async function make() {
    const place = { ...job, folder: await openWorkFolder(job, releasers) };
    const release = (stream: StreamedSource) => releasers.add(() => stream.close());
    const made = await makeStreamed(place, at, release)
      .then(async (streamed) =>
        'verified' in streamed ? { ...streamed, context: place } : await makeOfFile(place, streamed.why),
      )
      .catch(async (error: unknown) => {
        throw await place.workDir.blame(place.folder, error);
      });
    const { context, source, verified } = made;
    const timings = clock.timings();
    const output = await at('upload', () => uploadOutput(context, source.facts, verified, timings));
    const { warnings, loudness, levels } = verified;
    const stream = 'stream' in made ? made.stream : undefined;
    return {
      result: { output, warnings, loudness, input: source.facts, timings },
      previews: (completed: Job) => addPreviews(context, source, completed, levels, stream),
    };

    async function makeOfFile(folder: JobContext, why: WhyFiles | undefined) {
      const context = { ...folder, ...(await at('download', () => openInput(folder, releasers))) };
      const source = await at('probe', () => probeInput(context));
      found = source.facts;
      const verified = claimed.job.options.splitByChapter
        ? await at('convert', () => convertByChapter(context, source))
        : await convertWhole(context, source, at);
      return {
        context,
        source,
        verified: { ...verified, warnings: [...notStreamed(why), ...verified.warnings] },
      };
    }
  }
}

/**
 * Of a source that is likely to be made by many, only what is heard here is fetched, as it is needed; what may come while it is
 * converted does; all others are fetched now.
 */
async function openInput(context: JobContext, releasers: Releasers): Promise<Partial<EarlyStart>> {
  const holes = await openForJob(context);
  const start = holes === undefined ? await fetchOrBegin(context) : { holes };
  if (start !== undefined) releasers.add(() => start.holes.close());
  return start ?? {};
}

/** One file of the whole source. */
async function convertWhole(
  context: JobContext,
  source: ProbedSource,
  at: <T>(stage: Stage, work: () => Promise<T>) => Promise<T>,
): Promise<VerifiedOutput> {
  const converted = await at('convert', () => convertAudio(context, source));
  return await at('verify', () => verifyOutput(context, converted));
}

/** Lease, progress and news of a claimed job, each with its clean-up. */
function begin(
  deps: JobDeps & { readonly log: Log },
  call: WakeUpCall,
  { job, claim }: Extract<Claimed, { kind: 'claimed' }>,
  claimedAtMs: number,
  releasers: Releasers,
): { job: ClaimedJob; lease: Lease } {
  const { platform, log } = deps;
  const lease = new Lease(
    { transitions: platform.transitions, queue: platform.queue, log, settings: platform.config },
    claim,
    call.receiptHandle,
    claimedAtMs,
  );
  releasers.add(() => lease.stop());
  const progress = new ProgressReporter(platform.progress, log, job);
  releasers.add(() => progress.stop());
  const news = new JobNews(platform, log);
  releasers.add(() => news.stop());
  news.begin(job);
  const stored = new StoredObjects(platform, claim);
  // Attempts before may have kept some, whether or not this one comes to where it would look for them.
  if (job.attempt > 1) stored.beginBelow(segmentsPrefix(job.jobId));
  releasers.add(() => settleLater(deps.background, stored));
  const commitHere: Commit = (write) => commit(write, lease.lost);
  return {
    job: { ...deps, call, job, claim, signal: lease.signal, commit: commitHere, stored, progress, news },
    lease,
  };
}

/** A folder of this attempt's own, gone when the job is over. */
async function openWorkFolder({ workDir, claim }: ClaimedJob, releasers: Releasers): Promise<string> {
  const folder = await workDir.makeFolder(claim.jobId, claim.attempt);
  releasers.add(() => workDir.removeFolder(folder));
  return folder;
}
