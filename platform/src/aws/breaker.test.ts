/** The circuit breaker: what opens it, and what never does. */
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeLog } from '../log/log.ts';
import { isCallersFault, makeBreaker } from './breaker.ts';

let server: Server;
let hits = 0;
/** `none`: it hangs. */
let answer: { status: number; body: string } | 'none' = { status: 500, body: '{}' };
let client: SQSClient;
const breaker = () => makeBreaker('sqs', makeLog('test', 'silent'));

beforeEach(async () => {
  hits = 0;
  server = createServer((_request, response) => {
    hits += 1;
    if (answer === 'none') return;
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

/** @param deadlineMs gives up by then. */
const ask = (
  deadlineMs?: number,
  abortSignal = deadlineMs === undefined ? new AbortController().signal : AbortSignal.timeout(deadlineMs),
) =>
  client.send(new GetQueueAttributesCommand({ QueueUrl: 'http://queue/q' }), { abortSignal }).then(
    () => 'ok',
    (error: Error) => error.name,
  );

/** Somebody who asks and goes away. */
function hungUp(): AbortSignal {
  const caller = new AbortController();
  setTimeout(() => caller.abort(), 20);
  return caller.signal;
}

test('an outage opens it after five attempts in a row, counted inside the SDK’s retries; then calls fail at once', async () => {
  const sqs = breaker();
  sqs.attach(client.middlewareStack);
  answer = { status: 500, body: '{}' };
  for (let call = 0; call < 3; call += 1) await ask();
  expect(sqs.state()).toBe('open');
  expect(hits).toBe(5);
  await ask();
  expect(hits).toBe(5);
  sqs.shutdown();
});

test('a service that is half well opens it by the share of what fails', async () => {
  const sqs = breaker();
  sqs.attach(client.middlewareStack);
  for (let call = 0; call < 30 && sqs.state() === 'closed'; call += 1) {
    answer = call % 2 === 1 ? { status: 200, body: '{}' } : { status: 500, body: '{}' };
    await ask();
  }
  expect(sqs.state()).toBe('open');
  sqs.shutdown();
});

test('of many calls a third may fail, and some of them in a row: that opens nothing', async () => {
  const sqs = breaker();
  sqs.attach(client.middlewareStack);
  answer = { status: 200, body: '{}' };
  for (let call = 0; call < 14; call += 1) await ask();
  answer = { status: 500, body: '{}' };
  await Promise.all([ask(), ask()]);
  expect(hits).toBe(20);
  expect(sqs.state()).toBe('closed');
  sqs.shutdown();
});

test('a worker of two slots and calls that hang for seconds opens it, however slowly it fails', async () => {
  answer = 'none';
  const sqs = breaker();
  sqs.attach(client.middlewareStack);
  const deadlines = Array.from({ length: 3 }, () => Promise.all([ask(60), ask(60)]));
  for (const pair of deadlines) await pair;
  expect(sqs.state()).toBe('open');
  sqs.shutdown();
});

test('an answer in between begins the row anew', async () => {
  const sqs = breaker();
  sqs.attach(client.middlewareStack);
  answer = 'none';
  for (let call = 0; call < 4; call += 1) await ask(20);
  answer = { status: 200, body: '{}' };
  expect(await ask()).toBe('ok');
  answer = 'none';
  for (let call = 0; call < 4; call += 1) await ask(20);
  expect(sqs.state()).toBe('closed');
  await ask(20);
  expect(sqs.state()).toBe('open');
  sqs.shutdown();
});

test('a caller that hangs up opens nothing', async () => {
  const sqs = breaker();
  sqs.attach(client.middlewareStack);
  answer = 'none';
  for (let call = 0; call < 12; call += 1) expect(await ask(undefined, hungUp())).toBe('AbortError');
  expect(sqs.state()).toBe('closed');
  sqs.shutdown();
});

test('a caller that hangs up is no answer either while the breaker probes', async () => {
  const sqs = breaker();
  sqs.attach(client.middlewareStack);
  answer = 'none';
  for (let call = 0; call < 4; call += 1) await ask(20);
  // Nor does it make good what failed before.
  expect(await ask(undefined, hungUp())).toBe('AbortError');
  expect(sqs.state()).toBe('closed');
  await ask(20);
  expect(sqs.state()).toBe('open');
  while (sqs.state() === 'open') await sleep(100);
  expect(await ask(undefined, hungUp())).toBe('AbortError');
  expect(sqs.state()).toBe('open');
  sqs.shutdown();
}, 20_000);

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
  expect(isCallersFault(fault('RequestTimeout'))).toBe(false);
  expect(isCallersFault(new Error('ECONNREFUSED'))).toBe(false);
  expect(isCallersFault(new DOMException('gone', 'AbortError'))).toBe(true);
  const overdue = Object.assign(new Error('Request aborted'), { name: 'AbortError' });
  expect(isCallersFault(overdue)).toBe(true);
  overdue.cause = new DOMException('late', 'TimeoutError');
  expect(isCallersFault(overdue)).toBe(false);
  expect(isCallersFault('text')).toBe(false);
});
