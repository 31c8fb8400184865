import type { JobView } from '@wavefleet/contracts/http.ts';

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
