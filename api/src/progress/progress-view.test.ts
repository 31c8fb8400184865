/** What a reader is shown, whatever Redis, the table and the record say at that moment. */
import { progressViewSchema } from '@wavefleet/contracts/progress.ts';
import { expect, test } from 'vitest';
import { job, report } from '../jobs/sample.testing.ts';
import { ProgressViews } from './progress-view.ts';

const output = {
  bucket: 'audio',
  key: 'k',
  sizeBytes: 900,
  sha256: 'ab',
  durationSeconds: 60,
  sampleRate: 44_100,
  channels: 2,
  codec: 'mp3',
};

test('a waiting job is at 0, whatever lies around', () => {
  const view = new ProgressViews().of(job({ status: 'created', attempt: 0 }), report());
  expect(view).toMatchObject({
    status: 'created',
    progress: 0,
    stage: 'created',
    step: 'waiting',
    error: null,
  });
  expect(progressViewSchema.parse(view)).toEqual(view);
});

test('a job at work does not wait again, though Redis has forgotten it and its record is remembered from before', () => {
  const views = new ProgressViews();
  views.of(job(), report());
  const view = views.of(job({ status: 'created', attempt: 0 }), undefined);
  expect(view).toMatchObject({ status: 'processing', progress: 40, attempt: 1 });
  expect(progressViewSchema.parse(view)).toEqual(view);
  // The same id, made anew after its predecessor was deleted.
  const anew = job({ status: 'created', attempt: 0, createdAt: '2026-11-21T10:05:00.000Z' });
  expect(views.of(anew, undefined)).toMatchObject({ status: 'created', progress: 0, step: 'waiting' });
});

test('an active job shows its report', () => {
  const view = new ProgressViews().of(job(), report());
  expect(view).toMatchObject({
    ...{ progress: 40, stage: 'converting', step: 'convert', phase: 2, speed: 20 },
    ...{ currentTime: '00:00:30.00', currentSeconds: 30, totalDuration: '00:01:00.00', totalSeconds: 60 },
    startTime: Date.parse('2026-11-21T10:00:02.000Z'),
  });
  expect(progressViewSchema.parse(view)).toEqual(view);
});

test('completed is exactly 100 and knows the result', () => {
  const timings = { queued: 1_500, total: 4_000 };
  const done = job({ status: 'completed', outputS3Location: output, timings });
  const view = new ProgressViews().of(done, undefined);
  expect(view).toMatchObject({
    ...{ progress: 100, stage: 'completed', step: 'done', phase: 3, totalSize: 900 },
    ...{ currentTime: '00:01:00.00', totalDuration: '00:01:00.00', estimatedTimeRemaining: 0 },
    startTime: Date.parse('2026-11-21T10:00:01.500Z'),
  });
  expect(progressViewSchema.parse(view)).toEqual(view);
});

test('failed is −1 with its error, in the phase where it happened', () => {
  const views = new ProgressViews();
  views.of(job(), report({ stage: 'upload', percent: 95 }));
  const error = { code: 'CORRUPT_INPUT', message: 'Damaged.', retryable: false, detail: { x: 1 } } as const;
  expect(views.of(job({ status: 'failed', error }), undefined)).toMatchObject({
    progress: -1,
    stage: 'failed',
    phase: 3,
    error: 'Damaged.',
    errorCode: 'CORRUPT_INPUT',
    errorDetail: { x: 1 },
  });
});

test('a failure without more to say, and a cancelled job, have no detail', () => {
  const error = { code: 'NO_AUDIO_STREAM', message: 'None.', retryable: false } as const;
  for (const over of [job({ status: 'failed', error }), job({ status: 'cancelled' })])
    expect(new ProgressViews().of(over, undefined)).not.toHaveProperty('errorDetail');
});

test('cancelled is −1', () => {
  expect(new ProgressViews().of(job({ status: 'cancelled' }), report())).toMatchObject({
    status: 'cancelled',
    stage: 'cancelled',
    progress: -1,
  });
});

test('a report never makes a job look finished', () => {
  expect(new ProgressViews().of(job(), report({ percent: 99, stage: 'announce' })).progress).toBe(99);
});

test('the percent does not fall when Redis is lost and the table answers', () => {
  const views = new ProgressViews();
  views.of(job(), report({ percent: 60, currentTime: 40 }));
  const older = report({ percent: 42, currentTime: 30, updatedAt: '2026-11-21T10:00:01.000Z' });
  expect(views.of(job(), older)).toMatchObject({ progress: 60, currentSeconds: 40 });
  expect(views.of(job(), undefined).progress).toBe(60);
});

test('a later attempt goes on from the percent that was shown, an earlier one is not heard', () => {
  const views = new ProgressViews();
  views.of(job(), report({ percent: 60 }));
  const second = job({ attempt: 2 });
  expect(views.of(second, report({ attempt: 2, percent: 3, stage: 'download' }))).toMatchObject({
    progress: 60,
    attempt: 2,
    step: 'download',
  });
  expect(views.of(second, report({ attempt: 1, percent: 80 }))).toMatchObject({ progress: 60, attempt: 2 });
});

test('only so many jobs are remembered, the one read longest ago goes', () => {
  const views = new ProgressViews(2);
  const other = (id: string) => ({ jobId: id.repeat(36) });
  views.of(job(), report({ percent: 60 }));
  views.of(job(other('a')), report({ ...other('a'), percent: 1 }));
  views.of(job(), report({ percent: 61 }));
  views.of(job(other('b')), report({ ...other('b'), percent: 1 }));
  expect(views.of(job(), undefined).progress).toBe(61);
  expect(views.of(job(other('a')), undefined).progress).toBe(0);
});
