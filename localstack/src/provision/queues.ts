/** SQS queues: each with a dead-letter queue, and the right to send for exactly the services that do. */
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { resources } from '@wavefleet/contracts/resources.ts';
import { isNamed } from './clients.ts';
import type { QueueName, ResourceNames } from './names.ts';

export interface Queue {
  readonly url: string;
  readonly arn: string;
  readonly deadLetterUrl: string;
}
export type Queues = Readonly<Record<QueueName, Queue>>;

/** @param visibilitySeconds instead of the queues' own: tests want a lost message back soon. */
export async function provisionQueues(
  sqs: SQSClient,
  names: ResourceNames,
  visibilitySeconds?: number,
): Promise<Queues> {
  const make = (id: QueueName) => provisionQueue(sqs, id, names, visibilitySeconds);
  const [jobs, drops, events, notices] = await Promise.all([
    make('jobs'),
    make('drops'),
    make('events'),
    make('notices'),
  ]);
  return { jobs, drops, events, notices };
}

async function provisionQueue(
  sqs: SQSClient,
  id: QueueName,
  names: ResourceNames,
  visibilitySeconds: number | undefined,
): Promise<Queue> {
  const queue = resources.queues[id];
  const { name, deadLetter } = names.queues[id];
  const deadLetterQueue = await ensureQueue(sqs, deadLetter, {
    MessageRetentionPeriod: String(queue.deadLetter.retentionSeconds),
  });
  const main = await ensureQueue(sqs, name, {
    VisibilityTimeout: String(visibilitySeconds ?? queue.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: deadLetterQueue.arn,
      maxReceiveCount: queue.maxReceiveCount,
    }),
  });
  await setAttributes(sqs, deadLetterQueue.url, {
    RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [main.arn] }),
  });
  return { ...main, deadLetterUrl: deadLetterQueue.url };
}

/** Created bare and then set: CreateQueue refuses a queue that exists with other attributes. */
async function ensureQueue(
  sqs: SQSClient,
  QueueName: string,
  attributes: Record<string, string>,
): Promise<{ url: string; arn: string }> {
  const url =
    (await findQueue(sqs, QueueName)) ?? (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl;
  if (url === undefined) throw new Error(`SQS named no URL for the queue ${QueueName}`);
  await setAttributes(sqs, url, attributes);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  const arn = Attributes?.QueueArn;
  if (arn === undefined) throw new Error(`SQS named no ARN for the queue ${QueueName}`);
  return { url, arn };
}

async function findQueue(sqs: SQSClient, QueueName: string): Promise<string | undefined> {
  try {
    return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  } catch (error) {
    if (isNamed(error, 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue')) return undefined;
    throw error;
  }
}

/** Lets one service send, and only on behalf of one resource of ours. */
export async function allowSending(
  sqs: SQSClient,
  queue: Queue,
  service: 's3.amazonaws.com' | 'events.amazonaws.com',
  sourceArn: string,
): Promise<void> {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sqs:SendMessage',
    Resource: queue.arn,
    Condition: { ArnEquals: { 'aws:SourceArn': sourceArn } },
  };
  await setAttributes(sqs, queue.url, {
    Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
  });
}

async function setAttributes(
  sqs: SQSClient,
  QueueUrl: string,
  Attributes: Record<string, string>,
): Promise<void> {
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
}
