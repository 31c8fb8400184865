/** A service that every job needs goes away for a while: workers wait for it, and no job pays. */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { healthSchema } from '@wavefleet/contracts/http.ts';
import { systemViewSchema } from '@wavefleet/contracts/system.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { disturb } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
let fileId: string;
beforeAll(async () => {
  stand = await Stand.start({
    env: { WORKER_CONCURRENCY: '2', RETRY_BASE_MS: '1', RESOURCE_SAMPLE_MS: '500' },
  });
  const path = join(stand.dir, 'short.wav');
  await makeSample(path, { seconds: 1 });
  fileId = (await uploadFile(stand.client, path)).fileId;
});
afterEach(() => stand.stopWorkers());
afterAll(() => stand?.stop());

async function workers() {
  const shown = healthSchema.extend({ system: systemViewSchema });
  const answer = await fetch(`${stand.client.baseUrl}/api/health`);
  const { system } = shown.parse(await answer.json());
  const processes = system.processes.filter(({ service }) => service === 'worker');
  return { receiving: system.workers?.receiving, waitingFor: processes.map(({ waitingFor }) => waitingFor) };
}

/** How often jobs have been claimed in all. */
async function claimsOf(jobIds: readonly string[]): Promise<number> {
  const jobs = await Promise.all(jobIds.map((jobId) => stand.platform.jobs.get(jobId)));
  return jobs.reduce((sum, job) => sum + (job?.attempt ?? 0), 0);
}

test.each(['s3', 'dynamodb'] as const)(
  '%s goes away: nothing is received, which health says; little is asked; then all jobs complete, and none has paid',
  async (service) => {
    const worker = await stand.addWorker();
    const { s3, s3Streams, dynamo, dynamoBeat } = worker.platform.aws;
    let isAway = false;
    let calls = 0;
    for (const client of service === 's3' ? [s3, s3Streams] : [dynamo, dynamoBeat]) {
      disturb(client, () => {
        calls += 1;
        return isAway ? 'refuse' : undefined;
      });
    }
    await until('it receives', async () => (await workers()).receiving === 1);
    isAway = true;
    const jobIds: string[] = [];
    for (let job = 0; job < 6; job += 1) {
      jobIds.push((await stand.client.jobs.submit({ fileId, format: 'flac' })).jobId);
    }
    await until('it waits', async () => (await workers()).receiving === 0);
    expect(await workers()).toEqual({ receiving: 0, waitingFor: [[service]] });

    // Long enough for the breaker to let calls through twice.
    const claims = await claimsOf(jobIds);
    const before = calls;
    const sinceMs = performance.now();
    await until('it has asked twice more', async () => calls >= before + 2, 30_000);
    expect(calls - before).toBeLessThan(2 * ((performance.now() - sinceMs) / 1000) + 4);

    expect(await claimsOf(jobIds)).toBe(claims);

    isAway = false;
    const backAtMs = performance.now();
    for (const jobId of jobIds) await stand.client.jobs.waitForEnd(jobId);
    expect(performance.now() - backAtMs).toBeLessThan(30_000);
    for (const jobId of jobIds) {
      const job = (await stand.platform.jobs.get(jobId)) ?? expect.fail();
      expect(job).toMatchObject({ status: 'completed', crashes: 0, retries: 0 });
    }
    expect(await stand.platform.queue.deadLetters(AbortSignal.timeout(2_000))).toBe(0);
    await until('it receives', async () => (await workers()).receiving === 1);
  },
);
