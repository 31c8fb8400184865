/** The embedded SQS where it had to be mended. */
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedServices } from './services.testing.ts';

let stack: EmbeddedServices;
beforeAll(async () => {
  stack = await EmbeddedServices.start();
});
afterAll(() => stack.stop());

const newQueue = async (QueueName: string) => {
  const { QueueUrl } = await stack.clients.sqs.send(new CreateQueueCommand({ QueueName }));
  return QueueUrl ?? '';
};
const receive = (QueueUrl: string, WaitTimeSeconds: number, VisibilityTimeout = 60) =>
  stack.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds, VisibilityTimeout }));
const send = (QueueUrl: string, MessageBody: string) =>
  stack.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

test('a poll whose client is gone takes no message', async () => {
  const queue = await newQueue('ghost');
  const ghost = stack.makeClients();
  const abort = new AbortController();
  const poll = ghost.sqs
    .send(new ReceiveMessageCommand({ QueueUrl: queue, WaitTimeSeconds: 20 }), { abortSignal: abort.signal })
    .catch((error: Error) => error.name);
  // Its own poll comes second on the same server, so that when it is answered the ghost's has arrived.
  await receive(queue, 1);
  abort.abort();
  expect(await poll).toBe('AbortError');
  ghost.destroy();
  await send(queue, 'mine');
  const { Messages } = await receive(queue, 5);
  expect(Messages).toMatchObject([{ Body: 'mine' }]);
});

test('of two polls one gets the message and the other waits on', async () => {
  const queue = await newQueue('pair');
  const polls = [receive(queue, 10), receive(queue, 10)];
  await send(queue, 'first');
  await Promise.race(polls);
  await send(queue, 'second');
  const bodies = (await Promise.all(polls)).flatMap(({ Messages = [] }) => Messages.map(({ Body }) => Body));
  expect(bodies.sort()).toEqual(['first', 'second']);
});

test('an empty poll ends in time and its URL can be an endpoint of its own', async () => {
  const queue = await newQueue('empty');
  const started = performance.now();
  expect((await receive(queue, 1)).Messages).toBeUndefined();
  expect(performance.now() - started).toBeGreaterThan(900);
  const there = new SQSClient({ endpoint: queue, region: 'us-east-1', credentials: stack.keys });
  await there.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'x' }));
  there.destroy();
  expect((await receive(queue, 1)).Messages).toMatchObject([{ Body: 'x' }]);
});

test('counts are right and a receipt ends without anybody receiving', async () => {
  const queue = await newQueue('counts');
  await send(queue, 'x');
  const { Messages = [] } = await receive(queue, 0, 1);
  const count = async () => {
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const { Attributes } = await stack.clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames }),
    );
    return Attributes?.ApproximateNumberOfMessages;
  };
  expect(await count()).toBe('0');
  await expect.poll(count).toBe('1');
  const late = new ChangeMessageVisibilityCommand({
    QueueUrl: queue,
    ReceiptHandle: Messages[0]?.ReceiptHandle,
    VisibilityTimeout: 30,
  });
  await expect(stack.clients.sqs.send(late)).rejects.toMatchObject({ name: 'MessageNotInflight' });
});
