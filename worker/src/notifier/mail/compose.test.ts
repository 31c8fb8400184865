/** What e-mails say, and that no name of a file says more than a name. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Job, jobErrorOf } from '@wavefleet/contracts/job.ts';
import { expect, test } from 'vitest';
import { compose, MOST_TOLD } from './compose.ts';
import { oneLine } from './one-line.ts';

const at = { history: 'https://audio.example/#/history', unsubscribe: 'https://audio.example/unsubscribe/t' };

function job(more: Partial<Job> = {}): Job {
  const jobId = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01';
  const object = { bucket: 'audio', key: 'k', sizeBytes: 9_000_000 };
  return {
    ...{ jobId, ownerId: 'account:x', fileName: 'song.wav', format: 'mp3', options: {}, needs: 1 },
    ...{ createdAt: '2026-11-26T10:00:00.000Z', updatedAt: '2026-11-26T10:00:00.000Z', ttl: 1_796_000_000 },
    ...{ source: { kind: 'upload', fileId: jobId }, inputS3Location: { ...object, etag: 'e' } },
    ...{ fingerprint: 'f', status: 'completed', attempt: 1, crashes: 0, retries: 0, redispatches: 0 },
    warnings: [],
    pendingEvents: [],
    outputS3Location: {
      ...object,
      sha256: 's',
      durationSeconds: 187,
      sampleRate: 44_100,
      channels: 2,
      codec: 'mp3',
    },
    ...more,
  };
}
const one = { completed: 1, failed: 0 };

test('one job is told with everything that there is to know', () => {
  const warnings = [{ code: 'X', message: 'The cover was left out.' }];
  const { subject, text } = compose([{ job: job({ warnings }), link: 'https://audio.example/s/t' }], one, at);
  expect(subject).toBe('song.wav is ready as MP3');
  expect(text).toBe(`Your file is ready

song.wav
Converted to MP3.
Listen or download: https://audio.example/s/t
Format: MP3
Length: 3:07
Sound: 44.1 kHz, stereo
Size: 9.0 MB
Kept until: 30 November 2026 at 00:53 UTC
Note: The cover was left out.

Anyone with a link can use it without signing in.

All your conversions: https://audio.example/#/history

-- 
You get this because you asked for an e-mail when conversions end.
Stop these e-mails: https://audio.example/unsubscribe/t
`);
});

test('what is deleted after its download, was deleted, or has no link any more says so', () => {
  const says = (more: Partial<Job>, link?: string) => compose([{ job: job(more), link }], one, at).text;
  expect(says({ deleteAfterDownload: true }, 'https://x.example')).toContain(
    'Kept until: the first download, or 30 November 2026 at 00:53 UTC',
  );
  expect(says({ removedAt: '2026-11-26T10:00:00.000Z' })).toContain('Its result has since been deleted.');
  expect(says({})).toContain('Converted to MP3. The result is in your history.');
});

test('a result that the bucket drops before its job ends is kept until then', () => {
  const { text } = compose([{ job: job({ ttl: 1_900_000_000 }) }], one, at);
  expect(text).toContain('Kept until: 26 December 2026 at 10:00 UTC');
});

test('why a job failed is said in words: who reads an e-mail sees no detail', () => {
  const error = jobErrorOf(new Failure('INPUT_TOO_LONG', { detail: { limitSeconds: 14_400 } }));
  const { text, html } = compose(
    [{ job: job({ status: 'failed', error }) }],
    { completed: 0, failed: 1 },
    at,
  );
  for (const part of [text, html])
    expect(part).toContain(
      'Not converted to MP3. The audio is longer than this server accepts (at most 240 minutes).',
    );
});

test('of many jobs some are told and all are counted', () => {
  const told = Array.from({ length: MOST_TOLD }, () => ({ job: job() }));
  const { subject, text, html } = compose(told, { completed: 30, failed: 2 }, at);
  expect(subject).toBe('30 of 32 files are ready');
  for (const part of [text, html]) expect(part).toContain('And 7 more: see your history.');
});

test.each([
  ['a\r\nBcc: b@example.test', 'a Bcc: b@example.test'],
  ['photo\u202egpj.exe', 'photo gpj.exe'],
  ['\u2028\u2029\u0000\u200b', 'a file'],
  ['שלום.wav', 'שלום.wav'],
  ['👩‍👩‍👧.wav', '👩‍👩‍👧.wav'],
  ['\ud800.wav', '\ufffd.wav'],
])('%j is one line: %j', (name, line) => {
  expect(oneLine(name, 60)).toBe(line);
});

test('a name of any length, of letters or of accents, takes bounded room and keeps its ending', () => {
  expect(oneLine(`${'x'.repeat(100_000)}.wav`, 20)).toBe('xxxxxxxxx…xxxxxx.wav');
  const accents = oneLine(`a${'\u0301'.repeat(100_000)}.wav`, 20);
  expect(accents.length).toBeLessThan(20 * 16);
});
