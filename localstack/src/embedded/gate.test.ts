/** The embedded AWS lets nobody in who has not its keys, at whatever port, and no page but the one that it knows. */
import { request } from 'node:http';
import { type AddressInfo, Server } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListEventBusesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeClients } from '../provision/clients.ts';
import { EmbeddedServices } from './services.testing.ts';

const Bucket = 'guarded';
const page = 'http://127.0.0.1:3000';
const listening = vi.spyOn(Server.prototype, 'listen');
let stack: EmbeddedServices;
/** Of everything in this process that listens for the stack. */
let ports: number[];
beforeAll(async () => {
  stack = await EmbeddedServices.start();
  ports = listening.mock.contexts.flatMap((server) => {
    const address = (server as Server).address() as AddressInfo | null;
    return address === null ? [] : [address.port];
  });
  const { s3 } = stack.clients;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'secret' }));
  const rule = { AllowedOrigins: [page], AllowedMethods: ['GET', 'PUT'], AllowedHeaders: ['*'] };
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
});
afterAll(() => stack.stop());

/** By Node's own client, which lets any Host be said. */
async function ask(url: string, headers: Record<string, string> = {}, method = 'GET', body = '') {
  return await new Promise<{ status: number; body: string; headers: object }>((resolve, reject) => {
    const req = request(url, { method, headers }, (res) => {
      text(res).then(
        (read) => resolve({ status: res.statusCode ?? 0, body: read, headers: res.headers }),
        reject,
      );
    });
    req.once('error', reject);
    req.end(body);
  });
}

test('every service takes its keys, whole bodies, streams and addresses that were signed with them', async () => {
  const { s3, sqs, dynamo, events } = stack.clients;
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(1);
  const streaming = new S3Client({
    ...{ endpoint: stack.url, region: 'us-east-1', credentials: stack.keys, forcePathStyle: true },
    requestChecksumCalculation: 'WHEN_SUPPORTED',
  });
  const stream = Readable.from([Buffer.from('chunked')]);
  await streaming.send(
    new PutObjectCommand({ Bucket, Key: "ü +&=!'()*~/b", Body: stream, ContentLength: 7 }),
  );
  streaming.destroy();
  const address = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "ü +&=!'()*~/b" }));
  expect(await ask(address)).toMatchObject({ status: 200, body: 'chunked' });
  expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
  expect((await dynamo.send(new ListTablesCommand({}))).TableNames).toEqual([]);
  const entry = { Source: 'a', DetailType: 'b', Detail: '{}' };
  expect(await events.send(new PutEventsCommand({ Entries: [entry] }))).toMatchObject({
    FailedEntryCount: 0,
  });
});

test('without the keys nothing is answered, at no port', async () => {
  expect(ports.length).toBeGreaterThan(1);
  const json = { 'content-type': 'application/x-amz-json-1.0' };
  for (const port of ports) {
    const at = `http://127.0.0.1:${port}`;
    const answers = [
      await ask(`${at}/${Bucket}/a`),
      await ask(`${at}/${Bucket}?list-type=2`),
      await ask(`${at}/${Bucket}/b`, {}, 'PUT', 'planted'),
      await ask(`${at}/${Bucket}/a`, {}, 'DELETE'),
      await ask(`${at}/health`),
      await ask(`${at}/`, {}, 'POST', 'Action=ListQueues'),
      await ask(`${at}/`, { ...json, 'x-amz-target': 'AmazonSQS.ListQueues' }, 'POST', '{}'),
      await ask(`${at}/`, { ...json, 'x-amz-target': 'DynamoDB_20120810.ListTables' }, 'POST', '{}'),
      await ask(`${at}/`, { ...json, 'x-amz-target': 'AWSEvents.ListEventBuses' }, 'POST', '{}'),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    expect(JSON.stringify(answers)).not.toContain('secret');
  }
  expect((await stack.clients.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a' }))).KeyCount).toBe(1);
});

test.each([
  ['another key', { accessKeyId: 'test' }, ['InvalidAccessKeyId', 'UnrecognizedClientException']],
  ['another secret', { secretAccessKey: 'test' }, ['SignatureDoesNotMatch', 'InvalidSignatureException']],
])('%s is refused by every service in its own words', async (_what, more, [ofS3, ofJson]) => {
  const settings = {
    ...{ endpoint: stack.url, region: 'us-east-1', maxAttempts: 1 },
    credentials: { ...stack.keys, ...more },
  };
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  await expect(s3.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({ name: ofS3 });
  const sqs = new SQSClient(settings);
  await expect(sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({ name: ofJson });
  const dynamo = new DynamoDBClient(settings);
  await expect(dynamo.send(new ListTablesCommand({}))).rejects.toMatchObject({ name: ofJson });
  const events = new EventBridgeClient(settings);
  await expect(events.send(new ListEventBusesCommand({}))).rejects.toMatchObject({ name: ofJson });
  for (const client of [s3, sqs, dynamo, events]) client.destroy();
});

test('what was signed is what is done: a JSON body that was changed on its way is refused', async () => {
  const clients = makeClients({ endpointUrl: stack.url, region: 'us-east-1', credentials: stack.keys });
  clients.sqs.middlewareStack.add(
    (next) => (args) => {
      const asked = args.request as { body: string };
      asked.body = asked.body.replace('planted-q', 'planted-x');
      return next(args);
    },
    { step: 'deserialize', priority: 'low' },
  );
  const listed = clients.sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'planted-q' }));
  await expect(listed).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  clients.destroy();
});

test('another name for this machine is refused, whatever was signed', async () => {
  const { port } = new URL(stack.url);
  const address = await getSignedUrl(stack.clients.s3, new GetObjectCommand({ Bucket, Key: 'a' }));
  expect(await ask(address, { host: `rebound.example:${port}` })).toMatchObject({ status: 403 });
  expect(await ask(address)).toMatchObject({ status: 200, body: 'secret' });
});

test("the page's origin is let in by a signed address, and no other one by any", async () => {
  const address = await getSignedUrl(stack.clients.s3, new GetObjectCommand({ Bucket, Key: 'a' }));
  const mine = await ask(address, { origin: page });
  expect(mine).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': page } });
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:3001', 'http://localhost:3000']) {
    const answer = await ask(address, { origin });
    expect(answer.status).toBe(403);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  }
  const preflight = (origin: string, method: string) =>
    ask(address, { origin, 'access-control-request-method': method }, 'OPTIONS');
  expect((await preflight(page, 'PUT')).status).toBe(204);
  expect((await preflight(page, 'DELETE')).status).toBe(403);
  expect((await preflight('https://evil.example', 'GET')).status).toBe(403);
});
