/** What conformance tests ask again and again, of the services under test through the platform's own clients. */
import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

/** A queue of the test's own. Answers its URL. */
export async function newQueue({ aws }: Platform, Attributes: Record<string, string> = {}): Promise<string> {
  const QueueName = `conformance-${randomUUID()}`;
  const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  if (QueueUrl === undefined) throw new Error('SQS named no URL');
  return QueueUrl;
}

/** One receive, with every attribute. */
export async function receive(
  { aws }: Platform,
  QueueUrl: string,
  options: { WaitTimeSeconds?: number; VisibilityTimeout?: number; MaxNumberOfMessages?: number } = {},
): Promise<Message[]> {
  const { Messages = [] } = await aws.sqsPoll.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'MessageGroupId'],
      MessageAttributeNames: ['All'],
      ...options,
    }),
  );
  return Messages;
}

/** The bodies of the next messages, as JSON, each taken off the queue; at least `atLeast`, within 10 s. */
export async function takeBodies(platform: Platform, QueueUrl: string, atLeast: number): Promise<unknown[]> {
  const bodies: unknown[] = [];
  await until(
    `${atLeast} messages`,
    async () => {
      for (const { Body, ReceiptHandle } of await receive(platform, QueueUrl, { WaitTimeSeconds: 1 })) {
        bodies.push(JSON.parse(Body ?? 'null'));
        await platform.aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      return bodies.length >= atLeast;
    },
    10_000,
  );
  return bodies;
}

/** How a call was refused: the error's name; `accepted` when it was not. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}
