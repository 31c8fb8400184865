/** Answers of the server, for the tests of the client and of the page. */
import type { JobView } from '@wavefleet/contracts/http.ts';
import type { ProgressView } from '@wavefleet/contracts/progress.ts';

/** A job as the API shows it, with what a test cares about on top. */
export function job(change: Partial<JobView> & { jobId: string }): JobView {
  return {
    status: 'created',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    source: 'upload',
    fileName: 'fox.wav',
    inputSizeBytes: 44,
    format: 'mp3',
    options: {},
    attempt: 0,
    warnings: [],
    playback: { source: 'none', result: 'none' },
    links: { self: '', progress: '', events: '', download: '', audio: '' },
    ...change,
  };
}

/** A view of a running job, with what a test cares about on top. */
export function view(change: Partial<ProgressView> = {}): ProgressView {
  return {
    jobId: '00000000-0000-4000-8000-000000000001',
    status: 'processing',
    progress: 20,
    stage: 'converting',
    step: 'convert',
    phase: 2,
    attempt: 1,
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
    updatedAt: '2026-01-01T00:00:01.000Z',
    ...change,
  };
}
