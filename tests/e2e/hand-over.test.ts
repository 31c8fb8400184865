/** What is held to seconds, with production's clocks: a deployment in the middle of a long job, and SQS that comes back. */
import { join } from 'node:path';
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { filesBelow, logLines } from '../bring-up/observers.ts';
import { toService } from '../bring-up/proxy/fault.ts';
import { FaultProxy } from '../bring-up/proxy/fault-proxy.ts';

let fleet: Fleet;
let client: Client;
let proxy: FaultProxy | undefined;

beforeAll(async () => {
  fleet = await Fleet.start({
    clocks: 'production',
    workers: 2,
    restartWorkers: false,
    // A job that ends within the drain is not handed over: this machine may have cores enough for that.
    env: { MAX_UPLOAD_BYTES: String(1024 ** 3), DRAIN_TIMEOUT_MS: '500' },
    settingsOf: async (name, { AWS_ENDPOINT_URL = '' }) => {
      proxy ??= new FaultProxy(AWS_ENDPOINT_URL);
      return { AWS_ENDPOINT_URL: await proxy.door(name) };
    },
  });
  client = fleet.client;
});
afterAll(async () => {
  await fleet?.stop();
  await proxy?.stop();
});

test('SIGTERM to the real process in the middle of a job: it runs elsewhere within 2 s, the exit code is 0', async () => {
  const path = fleet.file('long.flac');
  await makeSample(path, { seconds: 900, codec: ['-sample_fmt', 's16'] });
  const { fileId } = await uploadFile(client, path);
  const { jobId } = await client.jobs.submit({ fileId, format: 'mp3' });
  for await (const { step, progress } of client.progress.events(jobId))
    if (step === 'convert' && progress > 10.5) break;
  const at = (await filesBelow(fleet.workDir(0))).length > 0 ? 0 : 1;
  const victim = fleet.workers[at];
  const startedAtMs = performance.now();
  victim?.process.kill('SIGTERM');
  await until('the next attempt', async () => (await client.jobs.get(jobId)).attempt === 2, 60_000);
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  // The one that is under way.
  expect(await fleet.platform.jobs.get(jobId)).toMatchObject({ attempt: 2, crashes: 1, retries: 0 });
  expect(await victim?.ended).toBe(0);
  const told = (await logLines(join(fleet.logDir, `worker-${at}.log`))).map(({ msg }) => msg);
  expect(told).toContain('job handed back for another worker');
  expect(await filesBelow(fleet.workDir(at))).toEqual([]);
  expect((await fetch(`${fleet.apiUrl}/api/jobs/${jobId}`, { method: 'DELETE' })).status).toBe(200);
});

test('what was accepted while SQS was away is converted within 15 s of its return', async () => {
  await fleet.addWorker();
  const path = fleet.file('short.wav');
  await makeSample(path, { seconds: 1 });
  const { fileId } = await uploadFile(client, path);
  const away = proxy?.inject({ hits: toService('sqs'), effect: { kind: 'refuse' } });
  const jobIds: string[] = [];
  for (let job = 0; job < 5; job += 1)
    jobIds.push((await client.jobs.submit({ fileId, format: 'flac' })).jobId);
  await away?.nth(20);
  const jobs = async () => await Promise.all(jobIds.map((jobId) => client.jobs.get(jobId)));
  expect((await jobs()).map(({ status }) => status)).toEqual(jobIds.map(() => 'created'));
  away?.end();
  const startedAtMs = performance.now();
  await until('all', async () => (await jobs()).every(({ status }) => status === 'completed'), 60_000);
  expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  expect((await fleet.platform.jobs.get(jobIds[0] ?? ''))?.attempt).toBe(1);
});
