/** Over the wire: a stand-in that fails its first calls as S3 and DynamoDB do. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeLog } from '../log/log.ts';
import { makeAwsClients } from './clients.ts';
import { patient, type RetryPace, swift } from './retry.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answers: Answer[];
let askedAtMs: number[];
let bodies: number[];
let server: Server;
let url: string;

beforeEach(async () => {
  [answers, askedAtMs, bodies] = [[], [], []];
  server = createServer((request, response) => {
    askedAtMs.push(performance.now());
    const answer = answers.shift() ?? well;
    if (answer === reset) return answer(request, response);
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    request.on('end', () => {
      bodies.push(received);
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const well: Answer = (_request, response) => void response.setHeader('etag', '"e"').end();
const s3Error =
  (status: number, code: string): Answer =>
  (_request, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/xml' })
      .end(`<Error><Code>${code}</Code></Error>`);
const internalError = s3Error(500, 'InternalError');
const slowDown = s3Error(503, 'SlowDown');
/** In the middle of the body. */
const reset: Answer = (request) => void request.once('data', () => request.socket.resetAndDestroy());
const throttled: Answer = (_request, response) =>
  void response
    .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
    .end('{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}');

async function withClients<T>(pace: RetryPace, use: (aws: ReturnType<typeof makeAwsClients>) => Promise<T>) {
  const settings = {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POLL_WAIT_SECONDS: 1,
  };
  const aws = makeAwsClients(settings, makeLog('test', 'silent'), pace);
  try {
    return await use(aws);
  } finally {
    aws.destroy();
  }
}
const Body = Buffer.alloc(3_000_000, 1);
const put = (pace: RetryPace) =>
  withClients(pace, ({ s3 }) => s3.send(new PutObjectCommand({ Bucket: 'audio', Key: 'k', Body })));
const pausesMs = () => askedAtMs.slice(1).map((at, index) => at - (askedAtMs[index] ?? 0));

test.each([
  ['500 InternalError', internalError],
  ['503 SlowDown', slowDown],
  ['a reset in the middle of the body', reset],
])('three times %s, and the fourth call stores every byte', async (_, failing) => {
  answers = [failing, failing, failing];
  await put(patient(1));
  expect(askedAtMs).toHaveLength(4);
  expect(bodies.at(-1)).toBe(Body.length);
});

test('a fourth failure is told, with the number of calls', async () => {
  answers = [internalError, internalError, internalError, internalError];
  await expect(put(patient(1))).rejects.toMatchObject({ name: 'InternalError', $metadata: { attempts: 4 } });
  expect(askedAtMs).toHaveLength(4);
});

test('a worker’s pauses double, with jitter; throttling is no exception', async () => {
  answers = [throttled, throttled, throttled];
  await withClients(patient(100), ({ dynamo }) =>
    dynamo.send(new GetCommand({ TableName: 't', Key: { id: '1' } })),
  );
  const [first = 0, second = 0, third = 0] = pausesMs();
  expect(first).toBeGreaterThanOrEqual(49);
  expect(second).toBeGreaterThanOrEqual(99);
  expect(third).toBeGreaterThanOrEqual(199);
});

test('in production a worker waits up to 1, 2 and 4 s, never more than 10; a request less than 2 s in all', () => {
  expect(patient(1_000)).toMatchObject({ firstMs: 1_000, maxMs: 10_000 });
  expect(swift.firstMs + 2 * swift.firstMs + 4 * swift.firstMs).toBeLessThan(2_000);
});

test('once its time is up a call is not tried again, and says what went wrong', async () => {
  const late: Answer = (request, response) => void setTimeout(() => internalError(request, response), 800);
  answers = [late, late, late, late];
  const hurried = { firstMs: 1, maxMs: 1, beginWithinMs: 1_500 };
  await expect(put(hurried)).rejects.toMatchObject({ name: 'InternalError', $metadata: { attempts: 2 } });
  expect(askedAtMs).toHaveLength(2);
});

test('what is the caller’s fault is not tried again', async () => {
  answers = [s3Error(403, 'AccessDenied')];
  await expect(put(patient(1))).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(askedAtMs).toHaveLength(1);
});
