/** Announcing beside the work: an EventBridge that does not answer holds up nobody, and many jobs go in one call. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { newsOf } from '@wavefleet/contracts/events.ts';
import { type Job, jobSchema } from '@wavefleet/contracts/job.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { recordedLog } from '../log/recorded-log.testing.ts';
import { Announcer } from './announcer.ts';
import { EventBus } from './events.ts';
import type { JobOutbox } from './outbox.ts';

const callSchema = z.object({ Entries: z.array(z.object({ Detail: z.string() })) });

let server: Server;
let client: EventBridgeClient;
let isHanging = false;
/** Events of each call. */
const calls: number[] = [];
/** `jobId: what was taken out of its outbox`. */
const cleared: string[] = [];

beforeEach(async () => {
  isHanging = false;
  calls.length = 0;
  cleared.length = 0;
  server = createServer(async (request, response) => {
    const { Entries } = callSchema.parse(JSON.parse(await text(request)));
    calls.push(Entries.length);
    if (isHanging) return;
    // It refuses every third of a call.
    const answer = Entries.map((_, index) =>
      index % 3 === 2 ? { ErrorCode: 'InternalFailure' } : { EventId: 'x' },
    );
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ FailedEntryCount: 0, Entries: answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

function make() {
  const { log, said } = recordedLog();
  const outbox = {
    async clear(job: Job, sent: ReadonlySet<string>) {
      cleared.push(`${job.fileName}: ${sent.size}`);
    },
  } as Pick<JobOutbox, 'clear'> as JobOutbox;
  const objects = {} as never;
  const announcer = new Announcer({
    ...{ events: new EventBus(client, 'bus', log), objects, outbox, log },
    usage: { count: async () => undefined },
  });
  const left = () => said.filter(({ event }) => event === 'job.not-announced').length;
  return { announcer, left };
}

function completed(name: string): Job {
  const jobId = crypto.randomUUID();
  return jobSchema.parse({
    ...{ jobId, ownerId: 'anonymous', fileName: name, format: 'mp3', options: {}, fingerprint: 'f' },
    ...{ createdAt: '2026-11-01T10:00:00.000Z', updatedAt: '2026-11-01T10:00:00.000Z', ttl: 1 },
    source: { kind: 'upload', fileId: jobId },
    inputS3Location: { bucket: 'b', key: 'k', sizeBytes: 1, etag: 'e' },
    ...{ status: 'completed', attempt: 1, crashes: 0, retries: 0, redispatches: 0, warnings: [] },
    pendingEvents: [newsOf(jobId, 'completed', 1)],
  });
}

test('many jobs go together; what EventBridge refused of them stays in its outbox', async () => {
  const { announcer, left } = make();
  for (let job = 0; job < 13; job += 1) announcer.announce(completed(`${job}`));
  await announcer.close();
  // The first finds nobody waiting; the others gather behind it.
  expect(calls).toEqual([1, 10, 2]);
  const taken = ['0', '1', '2', '4', '5', '7', '8', '10', '11', '12'];
  expect(cleared.sort()).toEqual(taken.map((name) => `${name}: 1`).sort());
  expect(left()).toBe(3);
});

test('EventBridge hangs: nobody waits, each is tried once, and the end of the process does not wait long', async () => {
  isHanging = true;
  const { announcer, left } = make();
  const startedAtMs = performance.now();
  for (let job = 0; job < 100; job += 1) announcer.announce(completed(`${job}`));
  expect(performance.now() - startedAtMs).toBeLessThan(500);
  await announcer.close();
  expect(performance.now() - startedAtMs).toBeLessThan(6_000);
  expect(calls).toEqual([1, 10]);
  expect(cleared).toEqual([]);
  expect(left()).toBe(1);
});

test('more than can wait is left to the sweeper', async () => {
  isHanging = true;
  const { announcer, left } = make();
  for (let job = 0; job < 1_020; job += 1) announcer.announce(completed(`${job}`));
  expect(left()).toBe(19);
  await announcer.close();
});
