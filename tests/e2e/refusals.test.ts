/** What AWS, the disk and FFmpeg refuse, over the wire and by real processes: the code and status that users get. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { errorBodySchema } from '@wavefleet/contracts/http.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import {
  jsonError,
  type Refusal,
  type RefusingProxy,
  startRefusingProxy,
  xmlError,
} from '../doctor/refusing-proxy.ts';
import { UNKNOWN_ID } from './refusal.ts';

let stand: Stand;
let proxy: RefusingProxy;
let fileId: string;
let rule: { readonly operation: RegExp; readonly refusal: Refusal } | undefined;

beforeAll(async () => {
  stand = await Stand.start();
  proxy = await startRefusingProxy(stand.services.url, (operation) =>
    rule?.operation.test(operation) ? rule.refusal : undefined,
  );
  const path = join(stand.dir, 'short.wav');
  await makeSample(path, { seconds: 1 });
  ({ fileId } = await uploadFile(stand.client, path));
});
afterAll(async () => {
  await stand?.stop();
  await proxy?.stop();
});
afterEach(() => {
  rule = undefined;
});

const denied = xmlError(
  403,
  'AccessDenied',
  'User: arn:aws:sts::123456789012:assumed-role/api/x is not authorized to perform: s3:PutObject',
);
const slowDown = xmlError(503, 'SlowDown', 'Please reduce your request rate.');
const throttled = jsonError(400, 'ProvisionedThroughputExceededException', 'too fast');
const quota = jsonError(400, 'LimitExceededException', 'no more');

/** Begins as a WAV does: what certainly is no audio is refused before it gets to S3. */
function wav(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.write('RIFF....WAVEfmt ');
  return bytes;
}

const upload = (sizeBytes: number) => () =>
  stand.request('/api/upload-audio', { method: 'POST', body: wav(sizeBytes) });
const look = () => stand.request(`/api/jobs/${UNKNOWN_ID}`);

test.each<[string, RegExp, Refusal, () => Promise<Response>, number, string, string | null]>([
  ['S3 denies an upload', /^PUT .*uploads/, denied, upload(1_000), 403, 'ACCESS_DENIED', null],
  ['S3 denies a large one', /^PUT .*uploads/, denied, upload(6 * 1024 ** 2), 403, 'ACCESS_DENIED', null],
  ['S3 throttles', /^PUT .*uploads/, slowDown, upload(1_000), 429, 'THROTTLED', '5'],
  ['DynamoDB throttles', /\.GetItem$/, throttled, look, 429, 'THROTTLED', '5'],
  ['a quota is used up', /\.GetItem$/, quota, look, 429, 'QUOTA_EXCEEDED', '5'],
  [
    'S3 fails',
    /^PUT .*uploads/,
    xmlError(500, 'InternalError', 'x'),
    upload(1_000),
    503,
    'SERVICE_UNAVAILABLE',
    '5',
  ],
])('%s', async (_, operation, refusal, ask, status, code, retryAfter) => {
  // A fresh one: its circuit breakers have seen nothing.
  await stand.restartApi({ AWS_ENDPOINT_URL: proxy.url });
  rule = { operation, refusal };
  const answer = await ask();
  const text = await answer.text();
  const { error } = errorBodySchema.parse(JSON.parse(text));
  expect([answer.status, error.code, answer.headers.get('retry-after')]).toEqual([status, code, retryAfter]);
  expect(text).not.toMatch(/123456789012|arn:/);
  if (code === 'ACCESS_DENIED') {
    expect(error.detail).toEqual({
      action: 's3:PutObject',
      guidance: expect.stringContaining('npm run test:aws-connectivity'),
    });
  }
});

/** Stands in FFmpeg's place; the worker asks it for its decoders when it starts. */
async function script(name: string, lines: string): Promise<string> {
  // Children run as nobody, who must get there.
  await chmod(stand.dir, 0o711);
  const path = join(stand.dir, name);
  await writeFile(path, `#!/bin/sh\ncase "$*" in *-decoders*) ${lines}\n`);
  await chmod(path, 0o755);
  return path;
}
const decoders = 'exec ffmpeg "$@";; esac';

describe('a failed job carries the status beside code and sentence', () => {
  test.each<[string, () => Promise<Record<string, string>>, object]>([
    [
      'S3 denies the worker the file',
      async () => {
        rule = { operation: /^GET .*uploads/, refusal: denied };
        return { AWS_ENDPOINT_URL: proxy.url };
      },
      { code: 'ACCESS_DENIED', status: 403, retryable: true, detail: { action: 's3:PutObject' } },
    ],
    [
      'FFmpeg crashes',
      async () => ({
        FFMPEG_PATH: await script(
          'crash',
          `${decoders}\necho "[wav @ 0x5581] gone wrong" >&2\nkill -SEGV $$`,
        ),
      }),
      {
        code: 'DECODER_CRASHED',
        status: 500,
        detail: { signal: 'SIGSEGV', exitCode: null, stderrTail: '[wav] gone wrong' },
      },
    ],
    [
      'FFmpeg is no longer there',
      async () => ({ FFMPEG_PATH: await script('gone', `rm "$0"; ${decoders}`) }),
      { code: 'FFMPEG_MISSING', status: 500, message: expect.stringContaining('apt-get install ffmpeg') },
    ],
    [
      'the disk is full',
      async () => ({
        FFMPEG_PATH: await script('full', `${decoders}\necho "out.mp3: No space left on device" >&2\nexit 1`),
      }),
      { code: 'DISK_FULL', status: 507, retryable: true },
    ],
  ])('%s', async (_, arrange, error) => {
    const worker = await stand.addWorker({
      RETRY_BASE_MS: '1',
      TROUBLE_DEADLINE_MS: '1000',
      ...(await arrange()),
    });
    const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3' });
    const job = await stand.client.jobs.waitForEnd(jobId, { timeoutMs: 40_000 });
    expect(job).toMatchObject({ status: 'failed', error });
    await worker.stop();
  });
});
