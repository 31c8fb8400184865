/** One job's progress, from the worker's side: throttled, never falling, unable to fail the job. */
import type { RunnableJob } from '@wavefleet/contracts/job.ts';
import { nothingKnown, type ProgressNotes, type ProgressReport } from '@wavefleet/contracts/progress.ts';
import { overallPercent, type Stage } from '@wavefleet/contracts/stages.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import type { ProgressStore } from '@wavefleet/platform/progress/store.ts';
import { LastLines } from './last-lines.ts';
import { Pace, SteadySeconds } from './time-left.ts';

/**
 * The longest that a report waits for the one before it. Each FFmpeg tells four times a second, and those that make segments side
 * by side tell when they please: with 200 ms between two reports the second was up to 160 ms old when it went.
 */
const TO_REDIS_EVERY_MS = 100;
/** A worker that lives says so, also when nothing moves: readers trust what is fresh. */
const PULSE_MS = 1_000;
/** The table is for who finds nothing in Redis. While Redis is away, that is everybody. */
const TO_TABLE_EVERY_MS = 10_000;
const TO_TABLE_WITHOUT_REDIS_EVERY_MS = 1_500;

/** What a stage knows while it runs. What it leaves out stays as it was, or is unknown. */
export interface StageProgress {
  /** 0..1 of that stage; null when it cannot be told. */
  readonly fraction: number | null;
  /** Seconds of audio; see the report's fields of these names. */
  readonly currentTime?: number;
  readonly totalDuration?: number | null;
  /** Bytes of a transfer. */
  readonly uploadedSize?: number;
  readonly totalSize?: number;
  readonly speed?: number | null;
  /** Seconds left of the whole job; null while it is too early to tell. Left out: what was said last stands. */
  readonly secondsLeft?: number | null;
  /** The same before it can be told to anybody. Left out: `secondsLeft`, or as before. */
  readonly guessedSecondsLeft?: number | null;
}

/** Where reports go; the table may refuse. */
type Sink = Pick<ProgressStore, 'write' | 'persist'>;

/** Where the conversion ends on the scale. */
const CONVERTED_PERCENT = overallPercent('convert', 1);

export class ProgressReporter {
  readonly #store: Sink;
  readonly #log: Log;
  readonly #said = new SteadySeconds();
  readonly #logs = new LastLines();
  readonly #pulse: NodeJS.Timeout;
  readonly #startedAtMs = performance.now();
  #transfer = new Pace();
  #bytesPerSecond: number | null = null;
  #secondsLeft: number | null = null;
  #report: ProgressReport;
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #persistedAtMs = performance.now();
  #trailing: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(store: Sink, log: Log, job: Pick<RunnableJob, 'jobId' | 'ownerId' | 'attempt'>) {
    this.#store = store;
    this.#log = log;
    const { jobId, ownerId, attempt } = job;
    this.#report = {
      jobId,
      ownerId,
      attempt,
      percent: 0,
      stage: 'claim',
      startTime: Date.now(),
      ...nothingKnown,
      updatedAt: new Date().toISOString(),
    };
    this.#pulse = setInterval(() => this.#beat(), PULSE_MS);
  }

  /**
   * The newest guess at the seconds left of the whole job; of a job that was converted too soon to be watched, by the
   * percent. Null where nothing is known, as right after a start. Decides whether a draining worker finishes the job.
   */
  get secondsLeft(): number | null {
    if (this.#secondsLeft !== null) return this.#secondsLeft;
    const { percent } = this.#report;
    const elapsedSeconds = (performance.now() - this.#startedAtMs) / 1000;
    // Before that the percent says how fast the way from S3 was, and nothing of the conversion.
    return percent < CONVERTED_PERCENT ? null : (elapsedSeconds * (100 - percent)) / percent;
  }

  /** Of the whole job, as it is shown. */
  get percent(): number {
    return this.#report.percent;
  }

  /** How fast the last transfer from or to S3 was; null when it was too short to tell. */
  get bytesPerSecond(): number | null {
    return this.#bytesPerSecond;
  }

  /** A stage begins. A small job goes through all of them in the time of one report. */
  enter(stage: Stage): void {
    this.#transfer = new Pace();
    this.update(stage, { fraction: 0 });
  }

  /** A stage gets on: shown at most ten times a second, the last state always. */
  update(stage: Stage, progress: StageProgress): void {
    this.#set(stage, progress);
    const waitMs = this.#sentAtMs + TO_REDIS_EVERY_MS - performance.now();
    if (waitMs <= 0) this.#send();
    else this.#trailing ??= setTimeout(() => this.#send(), waitMs);
  }

  /** FFmpeg has written this to stderr: the last of it goes into the table with the next report. */
  noteLog(text: string): void {
    this.#logs.push(text);
  }

  /** The attempt has failed for good: the table keeps why, and nothing is sent any more. */
  fail(sentence: string): void {
    this.stop();
    this.#persist({ error: sentence });
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#pulse);
    clearTimeout(this.#trailing);
    this.#trailing = undefined;
  }

  #set(stage: Stage, progress: StageProgress): void {
    const { uploadedSize, totalSize } = progress;
    if (uploadedSize !== undefined) {
      this.#transfer.note(uploadedSize);
      this.#bytesPerSecond = this.#transfer.perSecond() ?? this.#bytesPerSecond;
    }
    const guess = progress.guessedSecondsLeft ?? progress.secondsLeft;
    if (guess !== undefined) this.#secondsLeft = guess;
    this.#report = {
      ...this.#report,
      percent: Math.max(this.#report.percent, overallPercent(stage, progress.fraction ?? 0)),
      stage,
      currentTime: progress.currentTime ?? this.#report.currentTime,
      totalDuration: progress.totalDuration ?? this.#report.totalDuration,
      uploadedSize: uploadedSize ?? null,
      totalSize: totalSize ?? null,
      speed: progress.speed ?? null,
      estimatedTimeRemaining:
        progress.secondsLeft === undefined
          ? this.#report.estimatedTimeRemaining
          : this.#said.say(progress.secondsLeft),
      updatedAt: new Date().toISOString(),
    };
  }

  #beat(): void {
    if (performance.now() - this.#sentAtMs < PULSE_MS) return;
    this.#report = { ...this.#report, updatedAt: new Date().toISOString() };
    this.#send();
  }

  #send(): void {
    if (this.#stopped) return;
    clearTimeout(this.#trailing);
    this.#trailing = undefined;
    this.#sentAtMs = performance.now();
    void this.#store.write(this.#report).then((arrived) => {
      const everyMs = arrived ? TO_TABLE_EVERY_MS : TO_TABLE_WITHOUT_REDIS_EVERY_MS;
      if (!this.#stopped && performance.now() - this.#persistedAtMs >= everyMs) this.#persist();
    });
  }

  #persist(notes: ProgressNotes = {}): void {
    this.#persistedAtMs = performance.now();
    const ffmpegLogs = this.#logs.lines();
    this.#store.persist(this.#report, { ...notes, ffmpegLogs }).catch((error: unknown) => {
      this.#log.say('progress.unsaved', { err: error });
    });
  }
}
