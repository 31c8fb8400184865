/** The jobs queue: wake-ups only. Losing every message loses nothing, the sweeper sends them again. */
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type JobMessage, MESSAGE_VERSION } from '@wavefleet/contracts/message.ts';
import type { JobTurns } from './turns.ts';

/** Who should be woken, and for whom. */
export interface WakeUp {
  readonly jobId: string;
  readonly ownerId: string;
  readonly traceparent?: string | undefined;
}

/** SQS's own guess: it counts over many machines and is some seconds old. */
export interface QueueDepth {
  readonly waiting: number;
  /** Received and not deleted: jobs at work, as a rule. */
  readonly inFlight: number;
}

/** The client behind it waits as long as a long poll may take; this call must not. */
const HIDE_TIMEOUT_MS = 3_000;

export class JobQueue {
  readonly #sqs: SQSClient;
  readonly #poll: SQSClient;
  readonly #url: string;
  readonly #deadLetterUrl: string;
  readonly #turns: JobTurns;

  /** @param poll the client for heartbeats, outside the breaker. */
  constructor(sqs: SQSClient, poll: SQSClient, url: string, deadLetterUrl: string, turns: JobTurns) {
    this.#sqs = sqs;
    this.#poll = poll;
    this.#url = url;
    this.#deadLetterUrl = deadLetterUrl;
    this.#turns = turns;
  }

  /**
   * One message per call. The owner is the message group, by which SQS is fair, and takes turns with the others, by
   * which every queue is. @throws SDK errors.
   */
  async send(wakeUp: WakeUp, signal?: AbortSignal): Promise<void> {
    // Side by side: Redis is faster, and nobody waits for it when it is not.
    void this.#turns.add(wakeUp);
    try {
      await this.#send(wakeUp, signal);
    } catch (error) {
      void this.#turns.remove(wakeUp);
      throw error;
    }
  }

  async #send({ jobId, ownerId, traceparent }: WakeUp, signal?: AbortSignal): Promise<void> {
    const message: JobMessage = {
      v: MESSAGE_VERSION,
      jobId,
      traceparent,
    };
    await this.#sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#url,
        MessageBody: JSON.stringify(message),
        MessageGroupId: ownerId,
      }),
      signal === undefined ? {} : { abortSignal: signal },
    );
  }

  /** How many messages wait, and how many are being worked on. @throws SDK errors. */
  async depth(signal: AbortSignal): Promise<QueueDepth> {
    return await depthOf(this.#sqs, this.#url, signal);
  }

  /** How many messages were put aside, since nobody could use them. @throws SDK errors. */
  async deadLetters(signal: AbortSignal): Promise<number> {
    const { waiting, inFlight } = await depthOf(this.#sqs, this.#deadLetterUrl, signal);
    return waiting + inFlight;
  }

  /** Hides a received message for `ms` from now (whole seconds, at most 12 h: SQS's own limit). */
  async hide(receiptHandle: string, ms: number): Promise<void> {
    await this.#poll.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.min(43_200, Math.ceil(ms / 1000)),
      }),
      { abortSignal: AbortSignal.timeout(HIDE_TIMEOUT_MS) },
    );
  }
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
