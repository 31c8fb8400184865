/** The note on a stored result: what fits comes back whole, and only to the order that it is about. */
import { jobSchema, type RunnableJob, runnableJobSchema } from '@wavefleet/contracts/job.ts';
import { withNote } from '@wavefleet/platform/storage/attempt-results.ts';
import { expect, test } from 'vitest';
import { type ResultFacts, readNote, writeNote } from './result-note.ts';

const job: RunnableJob = runnableJobSchema.parse(
  jobSchema.parse({
    ...{ jobId: '6f6d7a5e-3c0e-4c1c-8a51-0f3b5f0f6a11', ownerId: 'anonymous', fileName: 'ü.flac' },
    ...{ createdAt: '2026-11-01T10:00:00.000Z', updatedAt: '2026-11-01T10:00:00.000Z', ttl: 1 },
    source: { kind: 'upload', fileId: '6f6d7a5e-3c0e-4c1c-8a51-0f3b5f0f6a12' },
    inputS3Location: { bucket: 'b', key: 'uploads/x.flac', sizeBytes: 10, etag: '"1"' },
    ...{ format: 'mp3', quality: '192k', options: { sampleRate: 44_100 }, fingerprint: 'f' },
    ...{ status: 'processing', attempt: 1, crashes: 1, retries: 0, redispatches: 0 },
    ...{ warnings: [], pendingEvents: [] },
  }),
);

const facts: ResultFacts = {
  output: {
    ...{ sizeBytes: 5_000_000, sha256: 'a'.repeat(64), durationSeconds: 208.5, codec: 'mp3' },
    ...{ sampleRate: 44_100, channels: 2 },
  },
  warnings: [
    { code: 'INPUT_TRUNCATED', message: 'The file says it lasts 3 s … but only 2 s could be read.' },
  ],
  input: {
    ...{ container: 'flac', codec: 'flac', durationSeconds: 208.5, sampleRate: 96_000, channels: 2 },
    ...{ bitDepth: 24, streams: 2, hasCover: true },
    tags: {
      ...{ title: 'Für Élise 愛', artist: 'Somebody', album: 'An Album', date: '2026', track: '3/12' },
      comment: 'A line of the length that people write here, and then one more for good measure.',
    },
  },
  timings: { queued: 12, download: 800, probe: 90, convert: 60_000, verify: 70, total: 61_000 },
};

test('what is written is read, and fits into an object’s metadata as ASCII', () => {
  const note = writeNote(job, facts);
  expect(readNote(job, note)).toEqual(facts);
  expect(note).toMatch(/^[\x21-\x7e]+$/);
  expect(withNote(note)).toEqual({ 'wavefleet-result': note });
});

test.each([
  ['format', { format: 'opus' as const }],
  ['quality', { quality: '320k' as const }],
  ['options', { options: { sampleRate: 48_000 as const } }],
  ['job', { jobId: '6f6d7a5e-3c0e-4c1c-8a51-0f3b5f0f6a13' }],
  ['source', { inputS3Location: { ...job.inputS3Location, etag: '"2"' } }],
])('it is of no use to another %s', (_what, other) => {
  expect(readNote({ ...job, ...other }, writeNote(job, facts))).toBeUndefined();
});

test('what is no note of this version, or not whole, is none', () => {
  for (const text of ['', 'junk', writeNote(job, facts).slice(0, -20)]) {
    expect(readNote(job, text)).toBeUndefined();
  }
});

test('one that does not fit is left out: the result is made again then', () => {
  const lyrics = Array.from({ length: 400 }, (_, index) => `${index * 7_919} of ${index ** 3}`).join(' ');
  const long = { ...facts, input: { ...facts.input, tags: { lyrics } } };
  expect(withNote(writeNote(job, long))).toEqual({});
});
