/** What a reader is shown of a job's progress. Terminal states come from the record only, numbers from the report. */
import type { ProgressReport, ProgressView } from '@wavefleet/contracts/progress.ts';
import { phaseOf, shownStage } from '@wavefleet/contracts/stages.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { timecode } from '@wavefleet/contracts/timecode.ts';
import { RecentMap } from '@wavefleet/platform/recent-map.ts';
import type { ShownJob } from './job-look.ts';

/** Beyond this many active jobs the one that was read longest ago is forgotten. */
const REMEMBERED_JOBS = 10_000;

/**
 * Builds views, and remembers the highest report shown of each active job: when Redis is lost, the table
 * behind it is up to 10 s older, and a reader of this process must not see the percent fall.
 */
export class ProgressViews {
  readonly #highest: RecentMap<ProgressReport>;

  constructor(capacity = REMEMBERED_JOBS) {
    this.#highest = new RecentMap(capacity);
  }

  /** @param report the newest; undefined when there is none, and for a job that has ended. */
  of(job: ShownJob, report: ProgressReport | undefined): ProgressView {
    if (isTerminal(job.status)) {
      const last = this.#highest.get(job.jobId) ?? report;
      this.#highest.delete(job.jobId);
      return terminalView(job, last);
    }
    if (job.status === 'created') {
      const known = this.#highest.get(job.jobId);
      return known !== undefined && isOf(job, known)
        ? activeView({ ...job, status: 'processing' }, known)
        : silentView(job);
    }
    const shown = report === undefined ? this.#highest.get(job.jobId) : this.#raise(report);
    return shown === undefined ? silentView(job) : activeView(job, shown);
  }

  #raise(report: ProgressReport): ProgressReport {
    const shown = later(this.#highest.get(report.jobId), report);
    this.#highest.set(report.jobId, shown);
    return shown;
  }
}

/**
 * Whether a record that says that nobody has begun is older than the report: no job waits again, and records are
 * remembered for a moment. One that was deleted and made anew is younger than its predecessor's reports.
 */
function isOf({ createdAt }: ShownJob, { startTime }: ProgressReport): boolean {
  return createdAt === undefined || startTime === undefined || startTime >= Date.parse(createdAt);
}

/** The one of two reports that may be shown: a later attempt goes on from the percent already reached. */
function later(held: ProgressReport | undefined, report: ProgressReport): ProgressReport {
  if (held === undefined) return report;
  if (report.attempt > held.attempt) return { ...report, percent: Math.max(report.percent, held.percent) };
  if (report.attempt < held.attempt || report.percent < held.percent) return held;
  return report.percent > held.percent || report.updatedAt >= held.updatedAt ? report : held;
}

const unknown = {
  startTime: null,
  estimatedTimeRemaining: null,
  currentTime: null,
  currentSeconds: null,
  totalDuration: null,
  totalSeconds: null,
  uploadedSize: null,
  totalSize: null,
  speed: null,
  error: null,
  errorCode: null,
} as const;

/** Times in both forms. */
function times(current: number | null, total: number | null) {
  return {
    currentTime: current === null ? null : timecode(current),
    currentSeconds: current,
    totalDuration: total === null ? null : timecode(total),
    totalSeconds: total,
  };
}

/** A job that waits, or whose worker has not said anything yet. */
function silentView({ jobId, status, attempt, updatedAt }: ShownJob): ProgressView {
  const waits = status === 'created';
  return {
    ...unknown,
    jobId,
    status,
    progress: 0,
    stage: waits ? 'created' : shownStage('claim'),
    step: waits ? 'waiting' : 'claim',
    phase: 1,
    attempt,
    updatedAt,
  };
}

function activeView(job: ShownJob, report: ProgressReport): ProgressView {
  const { stage, startTime, estimatedTimeRemaining, uploadedSize, totalSize, speed, updatedAt } = report;
  return {
    ...unknown,
    ...times(report.currentTime, report.totalDuration),
    jobId: job.jobId,
    status: job.status,
    progress: report.percent,
    stage: shownStage(stage),
    step: stage,
    phase: phaseOf(stage),
    attempt: Math.max(job.attempt, report.attempt),
    startTime: startTime ?? null,
    estimatedTimeRemaining,
    uploadedSize,
    totalSize,
    speed,
    updatedAt,
  };
}

function terminalView(job: ShownJob, last: ProgressReport | undefined): ProgressView {
  const { jobId, status, attempt, updatedAt } = job;
  const base = {
    ...unknown,
    jobId,
    status,
    step: 'done',
    attempt,
    startTime: startOf(job) ?? last?.startTime ?? null,
    updatedAt,
  } as const;
  if (status === 'completed') {
    const seconds = job.outputS3Location?.durationSeconds ?? null;
    const bytes = job.outputS3Location?.sizeBytes ?? null;
    return {
      ...base,
      ...times(seconds, seconds),
      progress: 100,
      stage: 'completed',
      phase: 3,
      estimatedTimeRemaining: 0,
      uploadedSize: bytes,
      totalSize: bytes,
    };
  }
  return {
    ...base,
    progress: -1,
    stage: status === 'failed' ? 'failed' : 'cancelled',
    phase: last === undefined ? 1 : phaseOf(last.stage),
    error: job.error?.message ?? null,
    errorCode: job.error?.code ?? null,
    ...(job.error?.detail === undefined ? {} : { errorDetail: job.error.detail }),
  };
}

/** When the attempt began that completed the job, in epoch ms; only such a record knows. */
function startOf({ createdAt, timings }: ShownJob): number | undefined {
  if (createdAt === undefined || timings === undefined) return undefined;
  return Date.parse(createdAt) + timings.queued;
}
