/** What the owner of a job is shown of it. */
import { jobViewSchema, submittedSchema } from '@wavefleet/contracts/http.ts';
import { expect, test } from 'vitest';
import { jobView, submittedView } from './job-view.ts';
import { job, jobId } from './sample.testing.ts';

test('the owner sees the whole job and none of its inner workings', () => {
  const view = jobView(
    job({
      status: 'completed',
      quality: '192k',
      retryOf: jobId,
      options: { strict: true },
      error: { code: 'CORRUPT_INPUT', message: 'm', retryable: false },
      previews: { source: { key: 'secret-preview', sizeBytes: 5 } },
      timings: { queued: 1, download: 1, probe: 1, convert: 1, verify: 1, upload: 1, total: 6 },
      input: {
        container: 'flac',
        codec: 'flac',
        durationSeconds: 60,
        sampleRate: 44_100,
        channels: 2,
        bitDepth: 16,
        streams: 1,
        hasCover: false,
        tags: {},
      },
      outputS3Location: {
        bucket: 'secret-bucket',
        key: 'secret-key',
        sizeBytes: 900,
        sha256: 'ab',
        durationSeconds: 60,
        sampleRate: 44_100,
        channels: 2,
        codec: 'mp3',
      },
    }),
    { position: 1, estimatedStartSeconds: null, approximate: true },
  );
  expect(jobViewSchema.parse(view)).toEqual(view);
  expect(Object.keys(view).sort()).toEqual(Object.keys(jobViewSchema.shape).sort());
  expect(JSON.stringify(view)).not.toMatch(
    /secret|lease|pendingEvents|dueAt|fingerprint|traceparent|ownerId/,
  );
});

test('a submission is answered from what never changes', () => {
  const created = job({ status: 'created', attempt: 0 });
  const later = job({ status: 'completed', updatedAt: '2026-11-22T10:00:00.000Z' });
  expect(submittedView(later)).toEqual(submittedView(created));
  expect(submittedSchema.parse(submittedView(created))).toEqual(submittedView(created));
});

test('what can be listened to: the file, else a preview, else nothing', () => {
  const input = {
    container: 'aiff',
    codec: 'pcm_s16be',
    durationSeconds: 60,
    sampleRate: 44_100,
    channels: 2,
    bitDepth: 16,
    streams: 1,
    hasCover: false,
    tags: {},
  };
  const outputS3Location = {
    bucket: 'b',
    key: 'k',
    sizeBytes: 900,
    sha256: 'ab',
    durationSeconds: 60,
    sampleRate: 44_100,
    channels: 2,
    codec: 'x',
  };
  const preview = { key: 'p', sizeBytes: 5 };
  const playback = (part: Parameters<typeof job>[0]) => jobView(job(part)).playback;
  expect(playback({})).toEqual({ source: 'none', result: 'none' });
  expect(playback({ input, outputS3Location })).toEqual({ source: 'none', result: 'file' });
  const previews = { source: preview, result: preview };
  expect(playback({ input, outputS3Location, format: 'alac', previews })).toEqual({
    source: 'preview',
    result: 'preview',
  });
  const mp3 = { ...input, container: 'mp3', codec: 'mp3' };
  expect(playback({ input: mp3, outputS3Location, format: 'alac' })).toEqual({
    source: 'file',
    result: 'none',
  });
});
