/** What we need of SQS. */
import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { until } from '@wavefleet/localstack/waiting.ts';
import { setAside } from '@wavefleet/platform/aws/messages.ts';
import { JobQueue } from '@wavefleet/platform/jobs/queue.ts';
import { afterAll, beforeAll, expect } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { newQueue, receive, refusalOf } from './calls.ts';
import { behaviour } from './conforms.ts';

const KIB = 1024;
let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
});
afterAll(() => stand.stop());

const sqs = () => stand.platform.aws.sqs;
const send = (QueueUrl: string, MessageBody: string) =>
  sqs().send(new SendMessageCommand({ QueueUrl, MessageBody }));
const hide = (QueueUrl: string, ReceiptHandle: string, VisibilityTimeout: number) =>
  sqs().send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
const remove = (QueueUrl: string, ReceiptHandle: string) =>
  sqs().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
/** Receives the one message that must come; answers its handle and receive count. */
async function take(queue: string, VisibilityTimeout = 30): Promise<{ handle: string; count: number }> {
  const [message] = await receive(stand.platform, queue, { WaitTimeSeconds: 5, VisibilityTimeout });
  if (message === undefined) throw new Error('no message');
  const { ReceiptHandle: handle = '', Attributes = {} } = message;
  return { handle, count: Number(Attributes.ApproximateReceiveCount) };
}
const isEmpty = async (queue: string) => (await receive(stand.platform, queue)).length === 0;

behaviour('visibility 0 gives a message back at once, and every receive counts', async () => {
  const queue = await newQueue(stand.platform);
  await send(queue, 'x');
  for (const expected of [1, 2, 3]) {
    const { handle, count } = await take(queue);
    expect(count).toBe(expected);
    await hide(queue, handle, 0);
  }
});

behaviour('a heartbeat keeps a message hidden beyond its first timeout', async () => {
  const queue = await newQueue(stand.platform);
  await send(queue, 'x');
  const { handle } = await take(queue, 1);
  await hide(queue, handle, 30);
  // Another message whose timeout began later: when it is back, the first one's has passed.
  await send(queue, 'clock');
  await take(queue, 2);
  const [back] = await receive(stand.platform, queue, { WaitTimeSeconds: 5, MaxNumberOfMessages: 10 });
  expect(back?.Body).toBe('clock');
  expect(await isEmpty(queue)).toBe(true);
});

behaviour('a message that was received too often goes to the dead-letter queue', async () => {
  const dead = await newQueue(stand.platform);
  const { Attributes } = await sqs().send(
    new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }),
  );
  const policy = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 2 };
  const queue = await newQueue(stand.platform, { RedrivePolicy: JSON.stringify(policy) });
  await send(queue, 'poison');
  for (const _ of [1, 2]) await hide(queue, (await take(queue)).handle, 0);
  await until('it has moved', async () => {
    expect(await isEmpty(queue)).toBe(true);
    return (await receive(stand.platform, dead, { WaitTimeSeconds: 1 }))[0]?.Body === 'poison';
  });
});

behaviour('a waiting long poll wakes for a message', async () => {
  const queue = await newQueue(stand.platform);
  const startedAtMs = performance.now();
  const poll = receive(stand.platform, queue, { WaitTimeSeconds: 20 });
  // Answered after the poll has arrived, since a second poll waits a second of its own.
  await receive(stand.platform, await newQueue(stand.platform), { WaitTimeSeconds: 1 });
  await send(queue, 'wake up');
  expect((await poll)[0]?.Body).toBe('wake up');
  expect(performance.now() - startedAtMs).toBeLessThan(10_000);
});

behaviour('an empty long poll ends when its time is over', async () => {
  const queue = await newQueue(stand.platform);
  const startedAtMs = performance.now();
  expect(await receive(stand.platform, queue, { WaitTimeSeconds: 1 })).toEqual([]);
  expect(performance.now() - startedAtMs).toBeGreaterThan(900);
});

/** Whether a message still arrives after a poll for it was given up: the killed worker's. */
async function survivesGhost(): Promise<boolean> {
  const queue = await newQueue(stand.platform);
  const abort = new AbortController();
  const ghost = stand.platform.aws.sqsPoll.send(
    new ReceiveMessageCommand({ QueueUrl: queue, WaitTimeSeconds: 20, VisibilityTimeout: 60 }),
    { abortSignal: abort.signal },
  );
  const ended = refusalOf(ghost);
  await receive(stand.platform, await newQueue(stand.platform), { WaitTimeSeconds: 1 });
  abort.abort();
  expect(await ended).toBe('AbortError');
  // Sent when the other end has had a second to see that the line is gone: nobody promises to see it at once.
  await receive(stand.platform, await newQueue(stand.platform), { WaitTimeSeconds: 1 });
  await send(queue, 'mine');
  return (await receive(stand.platform, queue, { WaitTimeSeconds: 3 })).length === 1;
}
behaviour(
  'a poll whose client is gone takes no message along',
  async () => expect(await survivesGhost()).toBe(true),
  async () => expect(await survivesGhost()).toBe(false),
);

behaviour(
  'deleting twice is no error',
  async () => expect(await removeTwice()).toBe('accepted'),
  async () => expect(await removeTwice()).toBe('ReceiptHandleIsInvalid'),
);
async function removeTwice(): Promise<string> {
  const queue = await newQueue(stand.platform);
  await send(queue, 'x');
  const { handle } = await take(queue);
  await remove(queue, handle);
  return await refusalOf(remove(queue, handle));
}

/** What a worker does whose message was given to another one meanwhile. */
async function removeByOldHandle(): Promise<string> {
  const queue = await newQueue(stand.platform);
  await send(queue, 'x');
  const { handle } = await take(queue);
  await hide(queue, handle, 0);
  await take(queue);
  return await refusalOf(remove(queue, handle));
}
behaviour(
  'deleting with the handle of an earlier receive is no error',
  async () => expect(await removeByOldHandle()).toBe('accepted'),
  async () => expect(await removeByOldHandle()).toBe('ReceiptHandleIsInvalid'),
);

behaviour('the visibility of a message that is gone cannot be changed', async () => {
  const queue = await newQueue(stand.platform);
  await send(queue, 'x');
  const { handle } = await take(queue);
  await remove(queue, handle);
  expect(await refusalOf(hide(queue, handle, 30))).not.toBe('accepted');
});

behaviour('a standard queue takes a message group, and the wake-up in it arrives', async () => {
  const queue = await newQueue(stand.platform);
  const { aws, turns } = stand.platform;
  const jobs = new JobQueue(aws, { queue, deadLetters: queue }, turns);
  const jobId = randomUUID();
  await jobs.send({ jobId, ownerId: 'owner-1', traceparent: '00-a-b-01' });
  const [message] = await receive(stand.platform, queue, { WaitTimeSeconds: 5 });
  expect(JSON.parse(message?.Body ?? '')).toEqual({ v: 1, jobId, traceparent: '00-a-b-01' });
  await jobs.hide(message?.ReceiptHandle ?? '', 0);
  expect((await take(queue)).count).toBe(2);
});

behaviour('the reason of a message that was put aside stays with it', async () => {
  const queue = await newQueue(stand.platform);
  await setAside(sqs(), queue, 'not json', 'not a job message');
  const [message] = await receive(stand.platform, queue, { WaitTimeSeconds: 5 });
  expect(message?.Body).toBe('not json');
  expect(message?.MessageAttributes?.reason?.StringValue).toBe('not a job message');
});

behaviour('256 KiB go through whole, and what is over 1 MiB is refused', async () => {
  const queue = await newQueue(stand.platform);
  const body = 'ä'.repeat((256 * KIB) / 2);
  await send(queue, body);
  const [message] = await receive(stand.platform, queue, { WaitTimeSeconds: 5 });
  expect(message?.Body).toBe(body);
  expect(await refusalOf(send(queue, 'x'.repeat(1024 * KIB + 1)))).not.toBe('accepted');
});

behaviour('a batch is sent, received and deleted at once, each message answered by itself', async () => {
  const queue = await newQueue(stand.platform);
  const ids = Array.from({ length: 10 }, (_, index) => `m${index}`);
  const sent = await sqs().send(
    new SendMessageBatchCommand({
      QueueUrl: queue,
      Entries: ids.map((Id) => ({ Id, MessageBody: Id })),
    }),
  );
  expect(sent.Successful).toHaveLength(10);
  const bodies = new Set<string | undefined>();
  await until('all ten', async () => {
    const messages = await receive(stand.platform, queue, { MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    for (const { Body } of messages) bodies.add(Body);
    if (messages.length > 0) {
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      const deleted = await sqs().send(new DeleteMessageBatchCommand({ QueueUrl: queue, Entries }));
      expect(deleted.Successful).toHaveLength(messages.length);
    }
    return bodies.size === 10;
  });
  expect(bodies).toEqual(new Set(ids));
});

behaviour('a purged queue is empty', async () => {
  const queue = await newQueue(stand.platform);
  for (const body of ['a', 'b']) await send(queue, body);
  await sqs().send(new PurgeQueueCommand({ QueueUrl: queue }));
  await until('it is empty', async () => (await countOf(queue)).visible === 0);
  expect(await isEmpty(queue)).toBe(true);
});

/** What scaling goes by. */
async function countOf(QueueUrl: string): Promise<{ visible: number; hidden: number }> {
  const { Attributes = {} } = await sqs().send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}
behaviour('the backlog is counted, waiting and in flight', async () => {
  const queue = await newQueue(stand.platform);
  for (const body of ['a', 'b', 'c']) await send(queue, body);
  await take(queue, 2);
  await until('one in flight', async () => {
    const { visible, hidden } = await countOf(queue);
    return visible === 2 && hidden === 1;
  });
  await until('its time is over', async () => {
    const { visible, hidden } = await countOf(queue);
    return visible === 3 && hidden === 0;
  });
});

behaviour('a queue that is not there is told by name', async () => {
  const queue = `${await newQueue(stand.platform)}-gone`;
  expect(await refusalOf(send(queue, 'x'))).toBe('QueueDoesNotExist');
});
