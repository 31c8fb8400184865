/**
 * A dead-letter queue: messages that nobody could read, put aside with the reason, and those that SQS moved there since
 * they were received again and again to no end.
 */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { jobMessageSchema, MESSAGE_VERSION, messageVersionSchema } from '@wavefleet/contracts/message.ts';
import { parseJson } from '../parse-json.ts';

/** `job`: points at one. `later`: of a version that only newer processes read. `unreadable`: everything else. */
type DeadLetterKind = 'job' | 'later' | 'unreadable';

export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly kind: DeadLetterKind;
  /** Of the kind `job`. */
  readonly jobId: string | undefined;
  readonly body: string;
  /** Whether somebody put it aside, and so gave the reason; else SQS moved it. */
  readonly isSetAside: boolean;
  readonly reason: string;
  /** How often it was sent to its queue again. */
  readonly rounds: number;
  /** Epoch ms at which the message was first sent: SQS keeps that when it moves one. */
  readonly sentAtMs: number;
}

/** Others see none of what is looked at for so long. */
const LOOK_SECONDS = 60;
const BATCH = 10;
/** A look ends after so many. */
const MOST = 1_000;
const REASON_OF_SQS = 'received many times and never finished';

export class DeadLetters {
  readonly #sqs: SQSClient;
  readonly #url: string;

  constructor(sqs: SQSClient, url: string) {
    this.#sqs = sqs;
    this.#url = url;
  }

  /** All of them, or the first thousand; they stay hidden for a minute, unless they are put back. @throws SDK errors. */
  async look(): Promise<DeadLetter[]> {
    const letters = new Map<string, DeadLetter>();
    while (letters.size < MOST) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#url,
          MaxNumberOfMessages: BATCH,
          VisibilityTimeout: LOOK_SECONDS,
          WaitTimeSeconds: 0,
          MessageAttributeNames: ['reason', 'rounds'],
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      const known = letters.size;
      for (const message of Messages) letters.set(message.MessageId ?? '', letterOf(message));
      if (letters.size === known) break;
    }
    return [...letters.values()];
  }

  /** @throws SDK errors. */
  async remove({ receiptHandle }: DeadLetter): Promise<void> {
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle: receiptHandle }));
  }

  /**
   * Sends it to the queue that it came from, one round more, and removes it here. A death in between makes it two, which
   * no reader of these queues minds. @throws SDK errors.
   */
  async sendAgain(letter: DeadLetter, queueUrl: string): Promise<void> {
    const rounds = { DataType: 'Number', StringValue: String(letter.rounds + 1) };
    await this.#sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: letter.body,
        MessageAttributes: { rounds },
      }),
    );
    await this.remove(letter);
  }

  /** Shows them to others again. What fails shows by itself within a minute. */
  async putBack(letters: readonly DeadLetter[]): Promise<void> {
    for (const { receiptHandle } of letters) {
      const shown = new ChangeMessageVisibilityCommand({
        QueueUrl: this.#url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: 0,
      });
      await this.#sqs.send(shown).catch(() => undefined);
    }
  }
}

function letterOf({
  MessageId = '',
  ReceiptHandle = '',
  Body,
  Attributes,
  MessageAttributes,
}: Message): DeadLetter {
  const body = parseJson(Body);
  const message = jobMessageSchema.safeParse(body);
  const version = messageVersionSchema.safeParse(body);
  const isLater = version.success && version.data.v > MESSAGE_VERSION;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    kind: message.success ? 'job' : isLater ? 'later' : 'unreadable',
    jobId: message.data?.jobId,
    body: Body ?? '',
    isSetAside: MessageAttributes?.reason !== undefined,
    rounds: Number(MessageAttributes?.rounds?.StringValue ?? 0),
    reason: MessageAttributes?.reason?.StringValue ?? REASON_OF_SQS,
    sentAtMs: Number(Attributes?.SentTimestamp ?? 0),
  };
}
