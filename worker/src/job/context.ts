/** What the stages of one job share. Built once per claim by `run-job.ts`. */

import type { Holes } from '@wavefleet/audio/holes.ts';
import type { FfmpegTools } from '@wavefleet/audio/tools.ts';
import type { RunnableJob } from '@wavefleet/contracts/job.ts';
import type { JobMessage } from '@wavefleet/contracts/message.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';
import type { Claim } from '@wavefleet/platform/jobs/claim.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { ProcessGauge } from '@wavefleet/platform/resources/meter.ts';
import type { Background } from './background.ts';
import type { Commit } from './commit.ts';
import type { JobNews } from './job-news.ts';
import type { ProgressReporter } from './progress/progress-reporter.ts';
import type { StoredObjects } from './stored-objects.ts';
import type { WorkDir } from './work-dir.ts';

/** What every job of a worker process has in common. */
export interface WorkerDeps {
  readonly platform: Platform;
  readonly ffmpeg: FfmpegTools;
  /** What only the process itself can tell of itself. */
  readonly gauge: ProcessGauge;
  /** Awaited before each stage of each job: the place to watch or to hold a job from outside. */
  readonly onStage: (stage: Stage, jobId: string) => Promise<void>;
  /** What this worker can do (`contracts/src/needs.ts`). Default: all that this version can. */
  readonly ability?: number;
  /** Cores that nobody uses, the one of who asks among them. Default: as this machine is found (`idle-cores.ts`). */
  readonly idleCores?: () => Promise<number>;
}

/** What every job needs besides. */
export interface JobDeps extends WorkerDeps {
  readonly workDir: WorkDir;
  readonly background: Background;
}

/** A received message, and how often it was received (SQS counts). */
export interface WakeUpCall {
  readonly message: JobMessage;
  readonly receiptHandle: string;
  readonly receiveCount: number;
  /** How long ago the message was sent: what jobs that are taken from the board have about waited as well. */
  readonly ageMs: number;
  /** Whether other jobs run in this process, or may. */
  readonly hasCompany: boolean;
  /** Whether the message is another job's, and this one was taken off the board for it. Default: its own. */
  readonly isLent?: boolean;
}

/** Work on a job, be it the job itself or a segment of it for another worker. */
export interface WorkContext extends JobDeps {
  readonly job: RunnableJob;
  readonly signal: AbortSignal;
  /** What this work has stored in S3. */
  readonly stored: StoredObjects;
  readonly progress: Pick<ProgressReporter, 'update'>;
  readonly log: Log;
  /** Own folder, mode 0700, removed at the end whatever happens. */
  readonly folder: string;
}

/** One claimed job, as settling it needs it. */
export interface ClaimedJob extends Omit<WorkContext, 'folder'> {
  /** The message that led here. */
  readonly call: WakeUpCall;
  readonly claim: Claim;
  /** Makes a write to the record get through as long as the claim holds. */
  readonly commit: Commit;
  readonly progress: ProgressReporter;
  readonly news: JobNews;
}

/** One claimed job on its way through the stages. */
export interface JobContext extends ClaimedJob {
  readonly folder: string;
  /** Of a source of which not all is there as yet. Absent where it is. */
  readonly holes?: Holes | undefined;
}
