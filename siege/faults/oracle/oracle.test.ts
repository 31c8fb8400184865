/** What is seen of a fleet that has done all its jobs, and of which something is wrong all the same. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { until } from '@wavefleet/localstack/waiting.ts';
import { atStep } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { judge } from './oracle.ts';

/** A promise is rejected and nobody listens, when the test says so. */
const planted = `process.on('SIGUSR2', () => void Promise.reject(new Error('planted')))`;

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start({ workers: 1 });
});
afterAll(() => rig?.stop());

const verdict = async () => (await judge(rig, { jobs: [] }, performance.now())).shortfalls;

test('what lies anywhere in S3 and no record names is nobody’s: a result, an upload, what is told of a drop', async () => {
  const { aws, objects } = rig.platform;
  const id = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a02';
  const keys = [`conversions/${id}/1.flac`, 'results/flac/none.wav.json', `uploads/${id}.wav`];
  expect(await verdict()).toEqual([]);
  for (const Key of keys)
    await aws.s3.send(new PutObjectCommand({ Bucket: objects.bucket, Key, Body: 'nothing' }));
  expect(await verdict()).toEqual([`(g) 3 objects that no record names: ${keys.join(', ')}`]);
  await objects.remove(keys);
  expect(await verdict()).toEqual([]);
});

test('a job without an end hides nothing else that is wrong', async () => {
  const { aws, objects } = rig.platform;
  const Key = 'results/flac/none.wav.json';
  const gate = Promise.withResolvers<void>();
  const effect = { kind: 'hold', when: 'before', until: gate.promise } as const;
  const held = rig.proxy.inject({ hits: atStep('claim'), effect });
  const job = await rig.load.submitOne();
  await aws.s3.send(new PutObjectCommand({ Bucket: objects.bucket, Key, Body: 'nothing' }));
  const { shortfalls } = await judge(rig, { jobs: [job], endWithinMs: 0 }, performance.now());
  expect(shortfalls).toEqual([
    expect.stringMatching(/^\(a\) job .* is still created/),
    `(g) 1 objects that no record names: ${Key}`,
  ]);
  held.end();
  gate.resolve();
  await rig.history.ended(job.jobId);
  await objects.remove([Key]);
});

test('killed on purpose a worker is none that broke; one that ends by a rejection is, though another one is there', async () => {
  await rig.kill('worker-0');
  await rig.heal();
  expect(await verdict()).toEqual([]);
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(planted)}` };
  const worker = await rig.fleet.addWorker(env);
  worker.process.kill('SIGUSR2');
  expect(await worker.ended).toBe(1);
  await until('it is replaced', () => rig.fleet.workers.every((each) => each.alive));
  await rig.heal();
  expect(await verdict()).toEqual([expect.stringMatching(/^\(h\) worker-1 ended \(1\): .*Node\.js v\d+/)]);
});
