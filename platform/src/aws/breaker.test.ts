/** The circuit breaker: what opens it, and what never does. */
import { createServer, type Server } from 'node:http';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeLog } from '../log/log.ts';
import { isCallersFault, makeBreaker } from './breaker.ts';

let server: Server;
let hits = 0;
let answer = { status: 500, body: '{}' };
let client: SQSClient;
const breaker = () => makeBreaker('sqs', makeLog('test', 'silent'));

beforeEach(async () => {
  hits = 0;
  server = createServer((_request, response) => {
    hits += 1;
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  client = new SQSClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    useQueueUrlAsEndpoint: false,
    maxAttempts: 3,
  });
});

afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const ask = () =>
  client.send(new GetQueueAttributesCommand({ QueueUrl: 'http://queue/q' })).then(
    () => 'ok',
    (error: Error) => error.name,
  );

test('an outage opens it after ten attempts, counted inside the SDK’s retries; then calls fail at once', async () => {
  const sqs = breaker();
  sqs.attach(client.middlewareStack);
  answer = { status: 500, body: '{}' };
  for (let call = 0; call < 6; call += 1) await ask();
  expect(sqs.state()).toBe('open');
  expect(hits).toBeGreaterThanOrEqual(10);
  expect(hits).toBeLessThan(14);
  const before = hits;
  await ask();
  expect(hits).toBe(before);
  sqs.shutdown();
});

test('a caller’s mistakes never open it', async () => {
  const sqs = breaker();
  sqs.attach(client.middlewareStack);
  answer = { status: 400, body: '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"}' };
  for (let call = 0; call < 30; call += 1) await ask();
  expect(hits).toBe(30);
  expect(sqs.state()).toBe('closed');
  sqs.shutdown();
});

test('throttling counts as an outage although AWS calls it a client fault', () => {
  const fault = (name: string) => Object.assign(new Error('x'), { name, $fault: 'client' });
  expect(isCallersFault(fault('ConditionalCheckFailedException'))).toBe(true);
  expect(isCallersFault(fault('NoSuchKey'))).toBe(true);
  expect(isCallersFault(fault('ProvisionedThroughputExceededException'))).toBe(false);
  expect(isCallersFault(fault('SlowDown'))).toBe(false);
  expect(isCallersFault(new Error('ECONNREFUSED'))).toBe(false);
  expect(isCallersFault(new DOMException('gone', 'AbortError'))).toBe(true);
  expect(isCallersFault('text')).toBe(false);
});
