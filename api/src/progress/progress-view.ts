/** What a reader is shown of a job's progress. Terminal states come from the record only, numbers from the report. */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { ProgressReport, ProgressView } from '@wavefleet/contracts/progress.ts';
import { phaseOf } from '@wavefleet/contracts/stages.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';

/** Beyond this many active jobs the one that was read longest ago is forgotten. */
const REMEMBERED_JOBS = 10_000;

/**
 * Builds views, and remembers the highest report shown of each active job: when Redis is lost, the table
 * behind it is up to 10 s older, and a reader of this process must not see the percent fall.
 */
export class ProgressViews {
  readonly #highest = new Map<string, ProgressReport>();
  readonly #capacity: number;

  constructor(capacity = REMEMBERED_JOBS) {
    this.#capacity = capacity;
  }

  of(job: Job, report: ProgressReport | undefined): ProgressView {
    if (isTerminal(job.status)) {
      const last = this.#highest.get(job.jobId) ?? report;
      this.#highest.delete(job.jobId);
      return terminalView(job, last);
    }
    const shown = report === undefined ? this.#highest.get(job.jobId) : this.#raise(report);
    return activeView(job, shown);
  }

  #raise(report: ProgressReport): ProgressReport {
    const shown = later(this.#highest.get(report.jobId), report);
    this.#highest.delete(report.jobId);
    this.#highest.set(report.jobId, shown);
    if (this.#highest.size > this.#capacity) {
      const [oldest] = this.#highest.keys();
      if (oldest !== undefined) this.#highest.delete(oldest);
    }
    return shown;
  }
}

/** The one of two reports that may be shown: a later attempt goes on from the percent already reached. */
function later(held: ProgressReport | undefined, report: ProgressReport): ProgressReport {
  if (held === undefined) return report;
  if (report.attempt > held.attempt) return { ...report, percent: Math.max(report.percent, held.percent) };
  if (report.attempt < held.attempt || report.percent < held.percent) return held;
  return report.percent > held.percent || report.updatedAt >= held.updatedAt ? report : held;
}

const unknown = {
  estimatedTimeRemaining: null,
  currentTime: null,
  totalDuration: null,
  uploadedSize: null,
  totalSize: null,
  speed: null,
} as const;

function activeView(job: Job, report: ProgressReport | undefined): ProgressView {
  const base = { jobId: job.jobId, status: job.status, error: null };
  if (report === undefined || job.status === 'created') {
    const stage = job.status === 'created' ? 'waiting' : 'claim';
    return {
      ...base,
      ...unknown,
      progress: 0,
      stage,
      phase: 1,
      attempt: job.attempt,
      updatedAt: job.updatedAt,
    };
  }
  return {
    ...base,
    progress: report.percent,
    stage: report.stage,
    phase: phaseOf(report.stage),
    attempt: Math.max(job.attempt, report.attempt),
    estimatedTimeRemaining: report.estimatedTimeRemaining,
    currentTime: report.currentTime,
    totalDuration: report.totalDuration,
    uploadedSize: report.uploadedSize,
    totalSize: report.totalSize,
    speed: report.speed,
    updatedAt: report.updatedAt,
  };
}

function terminalView(job: Job, last: ProgressReport | undefined): ProgressView {
  const base = { jobId: job.jobId, status: job.status, attempt: job.attempt, updatedAt: job.updatedAt };
  if (job.status === 'completed') {
    const seconds = job.outputS3Location?.durationSeconds ?? null;
    const bytes = job.outputS3Location?.sizeBytes ?? null;
    return {
      ...base,
      progress: 100,
      stage: 'done',
      phase: 3,
      estimatedTimeRemaining: 0,
      currentTime: seconds,
      totalDuration: seconds,
      uploadedSize: bytes,
      totalSize: bytes,
      speed: null,
      error: null,
    };
  }
  const { error } = job;
  return {
    ...base,
    ...unknown,
    progress: -1,
    stage: 'done',
    phase: last === undefined ? 1 : phaseOf(last.stage),
    error:
      error === undefined ? null : { code: error.code, message: error.message, retryable: error.retryable },
  };
}
