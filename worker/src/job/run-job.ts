/** The spine: one message becomes one job done. Read this first; each stage has its own file. */
import { randomUUID } from 'node:crypto';
import type { InputFacts, Job } from '@wavefleet/contracts/job.ts';
import type { Stage } from '@wavefleet/contracts/progress.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { traceIdOf } from '@wavefleet/platform/trace.ts';
import type { ClaimedJob, JobContext, WakeUpCall, WorkerDeps } from './context.ts';
import { Lease } from './lease.ts';
import { DONE, type Outcome } from './outcome.ts';
import { ProgressReporter } from './progress-reporter.ts';
import { settle } from './settle.ts';
import { StageClock } from './stage-clock.ts';
import { announceJob } from './stages/announce.ts';
import { claimJob } from './stages/claim.ts';
import { completeJob } from './stages/complete.ts';
import { convertAudio } from './stages/convert.ts';
import { downloadInput } from './stages/download.ts';
import { storePreviews } from './stages/preview.ts';
import { probeInput } from './stages/probe.ts';
import { uploadOutput } from './stages/upload.ts';
import { verifyOutput } from './stages/verify.ts';
import { makeWorkFolder, removeWorkFolder } from './work-folder.ts';

/** A job while it runs, as the draining worker sees it. */
export interface RunningJob {
  readonly lease: Lease;
  readonly progress: ProgressReporter;
}

/**
 * Runs the job that a message points at, through all its stages, to a terminal state or back to the queue.
 * Never throws for anything a job can do; what it throws is a service that does not answer.
 * @param enlist lists the job while it runs, so that a shutdown can reach it; answers how to strike it off.
 */
export async function runJob(
  deps: WorkerDeps,
  call: WakeUpCall,
  enlist: (job: RunningJob) => () => void,
): Promise<Outcome> {
  const claimedAtMs = performance.now();
  await deps.onStage('claim', call.message.jobId);
  const claimed = await claimJob(deps, call, randomUUID());
  if (claimed.kind === 'settled') return claimed.outcome;

  const releasers = new Releasers();
  const { context, lease } = begin(deps, call, claimed.job, claimedAtMs, releasers);
  releasers.add(enlist({ lease, progress: context.progress }));
  let input: InputFacts | undefined;
  try {
    const folder = await makeWorkFolder(
      deps.platform.config.WORK_DIR,
      context.job.jobId,
      context.claim.attempt,
    );
    releasers.add(() => removeWorkFolder(folder));
    return await runStages({ ...context, folder }, lease, (facts) => {
      input = facts;
    });
  } catch (error) {
    return await settle(context, lease, error, input);
  } finally {
    await releasers.run();
  }
}

/** The stages in order. Whatever one of them throws is judged by `settle`. */
async function runStages(
  context: JobContext,
  lease: Lease,
  onProbed: (facts: InputFacts) => void,
): Promise<Outcome> {
  const clock = new StageClock(context.job);
  const at = async <T>(stage: Stage, work: () => Promise<T>): Promise<T> => {
    context.signal.throwIfAborted();
    context.progress.enter(stage);
    await context.onStage(stage, context.job.jobId);
    return await clock.time(stage, work);
  };

  await at('download', () => downloadInput(context));
  const source = await at('probe', () => probeInput(context));
  onProbed(source.facts);
  const converted = await at('convert', () => convertAudio(context, source));
  const verified = await at('verify', () => verifyOutput(context, source, converted));
  const stored = await at('upload', async () => ({
    output: await uploadOutput(context, verified),
    previews: await storePreviews(context, source),
  }));
  const completed = await at('complete', () =>
    completeJob(context, {
      ...stored,
      warnings: verified.warnings,
      input: source.facts,
      timings: clock.timings(),
    }),
  );
  lease.stop();
  if (completed === undefined) return DONE;
  // Whatever stops the job now, it is completed: nothing may keep it from being told.
  await context.onStage('announce', context.job.jobId);
  await announceJob(context, completed);
  return DONE;
}

/** Lease and progress of a claimed job, each with its clean-up. */
function begin(
  deps: WorkerDeps,
  call: WakeUpCall,
  job: Job,
  claimedAtMs: number,
  releasers: Releasers,
): { context: ClaimedJob; lease: Lease } {
  const { platform } = deps;
  const claim = { jobId: job.jobId, attempt: job.attempt, owner: job.lease?.owner ?? '' };
  const log = platform.log.child({
    jobId: job.jobId,
    attempt: job.attempt,
    traceId: traceIdOf(job.traceparent),
  });
  const lease = new Lease(
    { transitions: platform.transitions, queue: platform.queue, log, settings: platform.config },
    claim,
    call.receiptHandle,
    claimedAtMs,
  );
  releasers.add(() => lease.stop());
  const progress = new ProgressReporter(platform.progress, log, job);
  releasers.add(() => progress.stop());
  log.info({ format: job.format, inputBytes: job.inputS3Location.sizeBytes }, 'job claimed');
  return { context: { ...deps, job, claim, signal: lease.signal, progress, log }, lease };
}
