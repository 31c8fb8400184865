/** The proxy does to calls what it says, knows callers and steps, and tells what became of writes. */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { provisioned, type Services, startServices } from '../../bring-up/services.ts';
import type { Call } from './call.ts';
import { type Effect, failing, toService } from './fault.ts';
import { FaultProxy } from './fault-proxy.ts';

const stored = Buffer.from('0123456789'.repeat(100));
let services: Services;
let env: Record<string, string>;
let Bucket: string | undefined;
let proxy: FaultProxy;
const heard: string[] = [];
/** Each call is tried once. */
let s3: S3Client;
let sqs: SQSClient;

beforeAll(async () => {
  services = await startServices();
  env = await provisioned(services);
  Bucket = env.S3_BUCKET;
  proxy = new FaultProxy(services.url, ({ caller, operation }, status) => {
    heard.push(`${caller} ${operation} ${status}`);
  });
  const settings = {
    endpoint: await proxy.door('tester'),
    region: 'us-east-1',
    credentials: services.keys,
    maxAttempts: 1,
  };
  // A store that tells a sum would have the SDK throw a changed byte away.
  s3 = new S3Client({ ...settings, forcePathStyle: true, responseChecksumValidation: 'WHEN_REQUIRED' });
  sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  await services.clients.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: stored }));
});
afterEach(() => {
  proxy.forget();
  heard.length = 0;
});
afterAll(async () => {
  s3?.destroy();
  sqs?.destroy();
  await proxy?.stop();
  await services?.stop();
});

async function get(): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}
const send = () =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: env.JOBS_QUEUE_URL,
      MessageBody: JSON.stringify({ v: 1, jobId: '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01' }),
    }),
  );
const inject = (effect: Effect, times = 1) => proxy.inject({ hits: toService('s3', 'sqs'), effect, times });

test('without a fault everything passes as it is, and callers, steps and jobs are known', async () => {
  const seen: Call[] = [];
  proxy.inject({ hits: (call) => seen.push(call) < 0, effect: { kind: 'refuse' } });
  expect(await get()).toEqual(stored);
  await send();
  expect(seen).toMatchObject([
    { caller: 'tester', service: 's3', operation: 'GetObject', step: undefined },
    { caller: 'tester', service: 'sqs', step: 'send', jobId: '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01' },
  ]);
  expect(heard).toEqual(['tester SendMessage 200']);
  expect([proxy.calls('s3', 'tester'), proxy.calls('sqs'), proxy.calls('dynamodb')]).toEqual([1, 1, 0]);
});

test('refused, failing and cut calls fail, as often as was said', async () => {
  const refused = inject({ kind: 'refuse' });
  await expect(get()).rejects.toThrow();
  inject(failing.s3);
  await expect(get()).rejects.toMatchObject({ name: 'InternalError' });
  inject(failing.sqs);
  await expect(send()).rejects.toMatchObject({ name: 'InternalError' });
  inject({ kind: 'cut', afterBytes: 100 });
  await expect(get()).rejects.toThrow();
  expect(await get()).toEqual(stored);
  expect(refused.struck).toHaveLength(1);
  expect(heard).toEqual([]);
});

test('a lost reply is of a call that was done', async () => {
  inject({ kind: 'lose-reply' });
  await expect(send()).rejects.toThrow();
  expect(heard).toEqual(['tester SendMessage 200']);
});

test('a flipped byte is one byte', async () => {
  inject({ kind: 'flip' });
  const damaged = await get();
  expect(damaged.length).toBe(stored.length);
  expect(damaged.filter((byte, index) => byte !== stored[index])).toHaveLength(1);
});

test('what is held is held on its side of the service, and goes on when it may', async () => {
  const gate = Promise.withResolvers<void>();
  const before = inject({ kind: 'hold', when: 'before', until: gate.promise });
  const first = send();
  await before.nth(1);
  expect(heard).toEqual([]);
  const after = inject({ kind: 'hold', when: 'after', until: gate.promise });
  const second = send();
  await proxy.answered(await after.nth(1));
  expect(heard).toEqual(['tester SendMessage 200']);
  gate.resolve();
  await Promise.all([first, second]);
  expect(heard).toHaveLength(2);
});

test('once a job is once a job', async () => {
  const once = proxy.inject({ hits: toService('sqs'), effect: failing.sqs, oncePerJob: true });
  await expect(send()).rejects.toThrow();
  await send();
  await send();
  expect(once.struck).toHaveLength(1);
});
