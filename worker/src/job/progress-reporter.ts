/** One job's progress, from the worker's side: throttled, never falling, unable to fail the job. */
import type { ProgressReport } from '@wavefleet/contracts/progress.ts';
import { overallPercent, type Stage } from '@wavefleet/contracts/stages.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import type { ProgressStore } from '@wavefleet/platform/progress/store.ts';

/** A little shorter than FFmpeg's own period of 250 ms, so that no block waits for the next turn. */
const TO_REDIS_EVERY_MS = 200;
const TO_TABLE_EVERY_MS = 10_000;

/** What a stage knows while it runs. `fraction` is 0..1 of that stage; null when it cannot be told. */
export interface StageProgress {
  readonly fraction: number | null;
  readonly currentTime?: number;
  readonly totalDuration?: number | null;
  readonly uploadedSize?: number;
  readonly totalSize?: number;
  readonly speed?: number | null;
  /** Seconds left of this stage. */
  readonly secondsLeft?: number | null;
}

export class ProgressReporter {
  readonly #store: ProgressStore;
  readonly #log: Log;
  readonly #startedAtMs = performance.now();
  #report: ProgressReport;
  #redisDueAtMs = 0;
  #tableDueAtMs: number;
  #trailing: NodeJS.Timeout | undefined;

  constructor(store: ProgressStore, log: Log, job: { jobId: string; attempt: number }) {
    this.#store = store;
    this.#log = log;
    this.#tableDueAtMs = performance.now() + TO_TABLE_EVERY_MS;
    this.#report = {
      jobId: job.jobId,
      attempt: job.attempt,
      percent: 0,
      stage: 'claim',
      currentTime: null,
      totalDuration: null,
      uploadedSize: null,
      totalSize: null,
      speed: null,
      estimatedTimeRemaining: null,
      updatedAt: new Date().toISOString(),
    };
  }

  /** Seconds left as last reported, or null. Decides whether a draining worker finishes the job. */
  get secondsLeft(): number | null {
    return this.#report.estimatedTimeRemaining;
  }

  /** Of the whole job, as it is shown. */
  get percent(): number {
    return this.#report.percent;
  }

  /** A stage begins: shown at once. */
  enter(stage: Stage): void {
    this.#set(stage, { fraction: 0 });
    this.#send();
  }

  /** A stage gets on: shown at most five times a second, the last state always. */
  update(stage: Stage, progress: StageProgress): void {
    this.#set(stage, progress);
    const waitMs = this.#redisDueAtMs - performance.now();
    if (waitMs <= 0) this.#send();
    else this.#trailing ??= setTimeout(() => this.#send(), waitMs);
  }

  /** Nothing is sent any more. */
  stop(): void {
    clearTimeout(this.#trailing);
    this.#trailing = undefined;
    this.#redisDueAtMs = Number.POSITIVE_INFINITY;
    this.#tableDueAtMs = Number.POSITIVE_INFINITY;
  }

  #set(stage: Stage, progress: StageProgress): void {
    const percent = Math.max(this.#report.percent, overallPercent(stage, progress.fraction ?? 0));
    const elapsedSeconds = (performance.now() - this.#startedAtMs) / 1000;
    const byPercent = percent >= 5 ? (elapsedSeconds * (100 - percent)) / percent : null;
    this.#report = {
      ...this.#report,
      percent,
      stage,
      currentTime: progress.currentTime ?? this.#report.currentTime,
      totalDuration: progress.totalDuration ?? this.#report.totalDuration,
      uploadedSize: progress.uploadedSize ?? null,
      totalSize: progress.totalSize ?? null,
      speed: progress.speed ?? null,
      estimatedTimeRemaining: roundedSeconds(progress.secondsLeft ?? byPercent),
      updatedAt: new Date().toISOString(),
    };
  }

  #send(): void {
    const nowMs = performance.now();
    clearTimeout(this.#trailing);
    this.#trailing = undefined;
    this.#redisDueAtMs = nowMs + TO_REDIS_EVERY_MS;
    void this.#store.write(this.#report);
    if (nowMs < this.#tableDueAtMs) return;
    this.#tableDueAtMs = nowMs + TO_TABLE_EVERY_MS;
    this.#store.persist(this.#report).catch((error: unknown) => {
      this.#log.say('progress.unsaved', { err: error });
    });
  }
}

function roundedSeconds(seconds: number | null): number | null {
  return seconds === null || !Number.isFinite(seconds) ? null : Math.max(0, Math.round(seconds * 10) / 10);
}
