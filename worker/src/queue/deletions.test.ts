/** Deletes on the wire: how many calls, and what becomes of what SQS refuses. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { SQSClient } from '@aws-sdk/client-sqs';
import { JobQueue } from '@wavefleet/platform/jobs/queue.ts';
import { JobTurns } from '@wavefleet/platform/jobs/turns.ts';
import { recordedLog, type Said } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { Deletions } from './deletions.ts';

const asked = z.object({ Entries: z.array(z.object({ Id: z.string(), ReceiptHandle: z.string() })) });
/** Receipt handles of each call. */
const calls: { readonly handles: string[] }[] = [];
/** What SQS does not take. */
let refused: string | undefined;
let isDown = false;
let said: Said[] = [];
let answering: Promise<void> = Promise.resolve();

const server = createServer(async (request, response) => {
  const { Entries } = asked.parse(await json(request));
  calls.push({ handles: Entries.map(({ ReceiptHandle }) => ReceiptHandle) });
  await answering;
  const failed = Entries.filter(({ ReceiptHandle }) => ReceiptHandle === refused);
  const answer = {
    Successful: Entries.filter((entry) => !failed.includes(entry)).map(({ Id }) => ({ Id })),
    Failed: failed.map(({ Id }) => ({
      Id,
      Code: 'ReceiptHandleIsInvalid',
      SenderFault: true,
      Message: 'no',
    })),
  };
  response
    .writeHead(isDown ? 503 : 200, { 'content-type': 'application/x-amz-json-1.0' })
    .end(JSON.stringify(isDown ? {} : answer));
});
let sqs: SQSClient;
let deletions: Deletions;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    useQueueUrlAsEndpoint: false,
    maxAttempts: 1,
  });
});
afterEach(async () => {
  await deletions.close();
  calls.length = 0;
  refused = undefined;
  isDown = false;
});
afterAll(() => {
  sqs.destroy();
  server.close();
});

function fresh(): (index: number) => void {
  const recorded = recordedLog();
  said = recorded.said;
  const urls = { queue: 'http://queue/jobs', deadLetters: 'http://queue/dead' };
  const queue = new JobQueue({ sqs, sqsPoll: sqs }, urls, new JobTurns(undefined));
  deletions = new Deletions(queue, 'jobs', recorded.log);
  return (index) => deletions.add({ receiptHandle: `r${index}`, jobId: ids[index], receives: 1 });
}
const ids = Array.from(
  { length: 25 },
  (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
);
const lines = (event: string) =>
  said.filter((line) => line.event === event).map(({ fields }) => fields.jobId);

test('the first goes at once; those that come meanwhile share the next calls, ten in each', async () => {
  const add = fresh();
  const { promise, resolve } = Promise.withResolvers<void>();
  answering = promise;
  add(0);
  await vi.waitFor(() => expect(calls.length).toBe(1), 10_000);
  for (let index = 1; index < 25; index += 1) add(index);
  resolve();
  await vi.waitFor(() => expect(calls.length).toBe(4), 10_000);
  expect(calls.map(({ handles }) => handles.length)).toEqual([1, 10, 10, 4]);
  expect(new Set(calls.flatMap(({ handles }) => handles)).size).toBe(25);
  await vi.waitFor(() => expect(lines('message.deleted').length).toBe(25), 10_000);
});

test('two that follow closely do not make two calls of a third', async () => {
  const add = fresh();
  answering = Promise.resolve();
  add(0);
  await vi.waitFor(() => expect(lines('message.deleted').length).toBe(1), 10_000);
  add(1);
  add(2);
  await vi.waitFor(() => expect(lines('message.deleted').length).toBe(3), 10_000);
  expect(calls.map(({ handles }) => handles)).toEqual([['r0'], ['r1', 'r2']]);
});

test('whoever closes waits for no pause, and leaves none behind', async () => {
  const add = fresh();
  add(0);
  add(1);
  await deletions.close();
  expect(lines('message.deleted')).toEqual([ids[0], ids[1]]);
  // What ends after that goes as well.
  add(2);
  await deletions.close();
  expect(lines('message.deleted')).toEqual([ids[0], ids[1], ids[2]]);
});

test('one that SQS refuses is told of by itself, and the others are gone', async () => {
  const add = fresh();
  refused = 'r1';
  for (const index of [0, 1, 2]) add(index);
  await deletions.close();
  expect(lines('message.deleted')).toEqual([ids[0], ids[2]]);
  expect(lines('message.not-deleted')).toEqual([ids[1]]);
});

test('a queue that does not answer stops nothing', async () => {
  const add = fresh();
  isDown = true;
  add(0);
  await vi.waitFor(() => expect(lines('message.not-deleted').length).toBe(1), 10_000);
  isDown = false;
  add(1);
  await vi.waitFor(() => expect(lines('message.deleted').length).toBe(1), 10_000);
  expect(lines('message.deleted')).toEqual([ids[1]]);
});
