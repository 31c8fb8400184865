/** Over the wire: what the clients must be able to do side by side. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ChangeMessageVisibilityCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { makeLog } from '../log/log.ts';
import { makeAwsClients } from './clients.ts';

/** As many as WORKER_CONCURRENCY may be, and the drops queue. */
const POLLS = 65;

test('a heartbeat gets through while every slot of the largest worker polls', async () => {
  let polls = 0;
  const { promise: allPoll, resolve } = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    const isPoll = String(request.headers['x-amz-target']).endsWith('ReceiveMessage');
    if (!isPoll) return void response.end('{}');
    polls += 1;
    if (polls === POLLS) resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const settings = {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POLL_WAIT_SECONDS: 20,
  };
  const { sqsPoll, destroy } = makeAwsClients(settings, makeLog('test', 'silent'));
  const QueueUrl = 'http://queue/1/jobs';
  const ended = new AbortController();
  onTestFinished(() => {
    ended.abort();
    destroy();
    server.closeAllConnections();
    server.close();
  });
  for (let slot = 0; slot < POLLS; slot += 1)
    sqsPoll
      .send(new ReceiveMessageCommand({ QueueUrl }), { abortSignal: ended.signal })
      .catch(() => undefined);
  const hide = { QueueUrl, ReceiptHandle: 'handle', VisibilityTimeout: 60 };
  const beat = sqsPoll.send(new ChangeMessageVisibilityCommand(hide), {
    abortSignal: AbortSignal.timeout(3_000),
  });
  await expect(beat).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  await allPoll;
});
