/**
 * The programs as the images have them, one bundle each, and with their AWS keys as ECS gives them: what the fleet does from
 * its sources it does from these.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
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
let agent: Server;
const keysAsked = new Set<string>();

beforeAll(async () => {
  const entries = await bundledEntries();
  const env = { WEBHOOK_PRIVATE_ADDRESSES: 'true' };
  let keys: Record<string, string> = {};
  const taskRole = await listen((request, response) => {
    keysAsked.add(request.url ?? '');
    response.setHeader('content-type', 'application/json').end(JSON.stringify(keys));
  });
  agent = taskRole.server;
  const settingsOf = async (name: string, own: Record<string, string>) => {
    const { AWS_ACCESS_KEY_ID: AccessKeyId = '', AWS_SECRET_ACCESS_KEY: SecretAccessKey = '' } = own;
    const Expiration = new Date(Date.now() + 6 * 3_600_000).toISOString();
    keys = { AccessKeyId, SecretAccessKey, Token: 'of-the-task', Expiration };
    const AWS_CONTAINER_CREDENTIALS_FULL_URI = `${taskRole.url}/${name}`;
    return { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_CONTAINER_CREDENTIALS_FULL_URI };
  };
  fleet = await Fleet.start({ workers: 1, notifier: true, entries, env, settingsOf });
  await makeSample(fleet.file('tone.wav'), { seconds: 2 });
  ({ fileId } = await uploadFile(fleet.client, fleet.file('tone.wav')));
});
afterAll(async () => {
  await fleet?.stop();
  agent?.close();
});

/** A server of this test's own, on loopback. */
async function listen(answer: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return { server, url: `http://127.0.0.1:${address.port}` };
}

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
  const receiver = await listen(async (request, response) => {
    bodies.push(await text(request));
    response.writeHead(204).end();
  });
  try {
    await fleet.client.webhooks.create({ url: `${receiver.url}/` });
    const { jobId } = await fleet.client.jobs.submit({ fileId, format: 'mp3' });
    const body = await until('the end of the job', () => bodies.find((each) => each.includes(jobId)));
    expect(JSON.parse(body)).toMatchObject({ type: 'job.completed' });
  } finally {
    receiver.server.closeAllConnections();
    receiver.server.close();
  }
});

// The last one: a program asks with its first call.
test('each program takes its keys from the task’s role', () => {
  expect([...keysAsked].toSorted()).toEqual(['/api', '/notifier', '/worker-0']);
});
