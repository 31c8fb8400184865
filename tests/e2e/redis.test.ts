/** A fleet that loses its Redis in mid-job. */
import { join } from 'node:path';
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { healthSchema } from '@wavefleet/contracts/http.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { logLines } from '../bring-up/observers.ts';

let fleet: Fleet;
let client: Client;

beforeAll(async () => {
  fleet = await Fleet.start({ workers: 1 });
  client = fleet.client;
});
afterAll(() => fleet?.stop());

async function health() {
  const answer = await fetch(`${fleet.apiUrl}/api/health`);
  return { code: answer.status, ...healthSchema.parse(await answer.json()) };
}

test('Redis stopped in mid-job: the job completes, progress comes from DynamoDB and never falls', async () => {
  expect(
    await until('health', async () => {
      const now = await health();
      return now.status === 'ok' && now.system?.workers?.alive === 1 && now;
    }),
  ).toMatchObject({ code: 200, environment: 'embedded', system: { workers: { alive: 1, slots: 1 } } });

  const path = fleet.file('long.wav');
  await makeSample(path, { seconds: 300, sampleRate: 48_000, channels: 1 });
  const { fileId } = await uploadFile(client, path);
  const { jobId } = await client.jobs.submit({ fileId, format: 'mp3' });
  await until('live progress', async () => (await client.progress.get(jobId)).progress > 12);
  await fleet.killRedis();

  const percents: number[] = [];
  await until('the end', async () => {
    const view = await client.progress.get(jobId);
    percents.push(view.progress);
    return view.status === 'completed';
  });
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.at(-1)).toBe(100);

  expect(
    await until('the health to notice', async () => {
      const now = await health();
      return now.status === 'degraded' && now;
    }),
  ).toMatchObject({
    code: 200,
    dependencies: { redis: { status: 'down' }, dynamodb: { status: 'ok' } },
    // Nobody knows of the others; the API still knows itself.
    system: { workers: null, processes: [{ service: 'api' }] },
  });
});

test('later jobs complete as well, watched over SSE', async () => {
  const path = fleet.file('short.flac');
  await makeSample(path, { seconds: 2 });
  const { fileId } = await uploadFile(client, path);
  const { jobId } = await client.jobs.submit({ fileId, format: 'opus' });
  const views = [];
  for await (const view of client.progress.events(jobId)) views.push(view);
  expect(views.at(-1)).toMatchObject({ status: 'completed', progress: 100 });
});

test('the log of each process says it once, not per call', async () => {
  for (const name of ['api', 'worker-0']) {
    const told = (await logLines(join(fleet.logDir, `${name}.log`))).filter(({ msg }) =>
      msg?.startsWith('redis does not answer'),
    );
    expect(told, name).toHaveLength(1);
  }
});
