/** Records for the unit tests of this room. */
import type { Job } from '@wavefleet/contracts/job.ts';
import type { ProgressReport } from '@wavefleet/contracts/progress.ts';

export const jobId = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01';

export function job(part: Partial<Job> = {}): Job {
  return {
    jobId,
    ownerId: 'anonymous',
    createdAt: '2026-11-21T10:00:00.000Z',
    updatedAt: '2026-11-21T10:00:05.000Z',
    ttl: 1_900_000_000,
    source: { kind: 'upload', fileId: '0b7f4a52-5c1c-4c0e-9d0b-0d2f2b8f8a11' },
    fileName: 'song.flac',
    inputS3Location: { bucket: 'audio', key: 'uploads/x', sizeBytes: 1234, etag: '"e"' },
    format: 'mp3',
    options: {},
    needs: 1,
    fingerprint: 'f',
    status: 'processing',
    attempt: 1,
    crashes: 1,
    retries: 0,
    redispatches: 0,
    lease: { owner: 'worker-1', until: 1 },
    warnings: [],
    pendingEvents: [],
    dueShard: 1,
    dueAt: 5,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ...part,
  };
}

export function report(part: Partial<ProgressReport> = {}): ProgressReport {
  return {
    jobId,
    attempt: 1,
    percent: 40,
    stage: 'convert',
    startTime: Date.parse('2026-11-21T10:00:02.000Z'),
    currentTime: 30,
    totalDuration: 60,
    uploadedSize: null,
    totalSize: null,
    speed: 20,
    estimatedTimeRemaining: 3,
    updatedAt: '2026-11-21T10:00:06.000Z',
    ...part,
  };
}
