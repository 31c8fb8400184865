import type { ProgressView } from '@wavefleet/contracts/progress.ts';

/** A view of a running job, with what a test cares about on top. */
export function view(change: Partial<ProgressView> = {}): ProgressView {
  return {
    jobId: '00000000-0000-4000-8000-000000000001',
    status: 'processing',
    progress: 20,
    stage: 'convert',
    phase: 2,
    attempt: 1,
    estimatedTimeRemaining: null,
    currentTime: null,
    totalDuration: null,
    uploadedSize: null,
    totalSize: null,
    speed: null,
    error: null,
    updatedAt: '2026-01-01T00:00:01.000Z',
    ...change,
  };
}
