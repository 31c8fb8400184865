/** Messages on queues, whichever queue it is: sent, hidden, counted, and put aside. */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** SQS's own guess: it counts over many machines and is some seconds old. */
export interface QueueDepth {
  readonly waiting: number;
  /** Received and not deleted: jobs at work, as a rule. */
  readonly inFlight: number;
}

/** The client behind them waits as long as a long poll may take; these calls must not. */
const SHORT_TIMEOUT_MS = 3_000;
/** AWS: "Amazon SQS message quotas". */
export const MESSAGES_A_CALL = 10;

/** @param asked.group the message group, by which SQS is fair: the owner. @throws SDK errors. */
export async function sendMessage(
  sqs: SQSClient,
  url: string,
  asked: { readonly message: object; readonly group: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: JSON.stringify(asked.message),
      MessageGroupId: asked.group,
    }),
    asked.signal === undefined ? {} : { abortSignal: asked.signal },
  );
}

/**
 * Hides a received message for `ms` from now (whole seconds, at most 12 h: SQS's own limit).
 * @param poll the client that receives, outside the breaker.
 */
export async function hideMessage(
  poll: SQSClient,
  url: string,
  receiptHandle: string,
  ms: number,
): Promise<void> {
  await poll.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: url,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: Math.min(43_200, Math.max(0, Math.ceil(ms / 1000))),
    }),
    { abortSignal: AbortSignal.timeout(SHORT_TIMEOUT_MS) },
  );
}

/**
 * Deletes received messages, at most {@link MESSAGES_A_CALL}.
 * @param poll the client that receives, outside the breaker.
 * @returns those that SQS kept: it answers 200 all the same, and says so one by one.
 * @throws SDK errors.
 */
export async function deleteMessages(
  poll: SQSClient,
  url: string,
  receiptHandles: readonly string[],
): Promise<ReadonlyMap<string, Error>> {
  const { Failed = [] } = await poll.send(
    new DeleteMessageBatchCommand({
      QueueUrl: url,
      Entries: receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
    }),
    { abortSignal: AbortSignal.timeout(SHORT_TIMEOUT_MS) },
  );
  return new Map(
    Failed.map(({ Id, Code, Message }) => [
      receiptHandles[Number(Id)] ?? '',
      new Error(`${Code ?? 'unknown'}: ${Message ?? 'no reason given'}`),
    ]),
  );
}

/** How many messages a queue holds, whichever it is. @throws SDK errors. */
export async function depthOf(sqs: SQSClient, url: string, signal: AbortSignal): Promise<QueueDepth> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
    { abortSignal: signal },
  );
  return {
    waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}

/**
 * Puts a message that no worker can read into a dead-letter queue, with the reason, for people to look at.
 * @param reason may quote the message: what an attribute cannot hold is taken out of it.
 */
export async function setAside(
  sqs: SQSClient,
  deadLetterUrl: string,
  body: string,
  reason: string,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: deadLetterUrl,
      MessageBody: body,
      MessageAttributes: {
        reason: { DataType: 'String', StringValue: reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 1_000) },
      },
    }),
  );
}
