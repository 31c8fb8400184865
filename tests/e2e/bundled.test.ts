/** The programs as the images have them, one bundle each: what the fleet does from its sources it does from these. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { formatNames } from '@wavefleet/contracts/formats.ts';
import { bundledEntries } from '@wavefleet/localstack/bundled.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';

let fleet: Fleet;
let fileId: string;

beforeAll(async () => {
  const entries = await bundledEntries();
  const env = { WEBHOOK_PRIVATE_ADDRESSES: 'true' };
  fleet = await Fleet.start({ workers: 1, notifier: true, entries, env });
  await makeSample(fleet.file('tone.wav'), { seconds: 2 });
  ({ fileId } = await uploadFile(fleet.client, fleet.file('tone.wav')));
});
afterAll(async () => {
  await fleet?.stop();
});

test('every format is made', async () => {
  const jobs = await Promise.all(formatNames.map((format) => fleet.client.jobs.submit({ fileId, format })));
  const ends = jobs.map(({ jobId }) => fleet.client.jobs.waitForEnd(jobId, { timeoutMs: 120_000 }));
  for (const [index, job] of (await Promise.all(ends)).entries()) {
    expect([formatNames[index], job.status, job.error]).toEqual([formatNames[index], 'completed', undefined]);
    expect(job.output?.durationSeconds).toBeCloseTo(2, 1);
  }
});

test('an end of a job is told to a webhook', async () => {
  const bodies: string[] = [];
  const receiver = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await fleet.client.webhooks.create({ url: `http://127.0.0.1:${port}/` });
    const { jobId } = await fleet.client.jobs.submit({ fileId, format: 'mp3' });
    const body = await until('the end of the job', () => bodies.find((each) => each.includes(jobId)));
    expect(JSON.parse(body)).toMatchObject({ type: 'job.completed' });
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});
