/** The queue of notifiers: ends of jobs come from EventBridge, wake-ups for single notices from ourselves. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { MailMessage, StoredMail } from '@wavefleet/contracts/mails.ts';
import type { DeliveryMessage, StoredDelivery } from '@wavefleet/contracts/webhooks.ts';
import { hideMessage, sendMessage } from '../aws/messages.ts';

const SEND_TIMEOUT_MS = 3_000;

/** What is told of a notice to whoever takes care of it. */
type Woken =
  | Pick<StoredDelivery, 'id' | 'ownerId' | 'webhookId'>
  | Pick<StoredMail, 'id' | 'ownerId' | 'jobId'>;

export class NoticeQueue {
  readonly #sqs: SQSClient;
  readonly #poll: SQSClient;
  readonly #url: string;

  /** @param poll outside the breaker. */
  constructor(sqs: SQSClient, poll: SQSClient, url: string) {
    this.#sqs = sqs;
    this.#poll = poll;
    this.#url = url;
  }

  /** Wakes a notifier. @throws SDK errors. */
  async wake(notice: Woken): Promise<void> {
    const { id, ownerId } = notice;
    const message: DeliveryMessage | MailMessage =
      'webhookId' in notice
        ? { v: 1, deliveryId: id, webhookId: notice.webhookId, ownerId }
        : { v: 1, mailId: id, ownerId };
    const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
    await sendMessage(this.#sqs, this.#url, { message, group: ownerId, signal });
  }

  /** Hides a received message for `ms` from now. */
  async hide(receiptHandle: string, ms: number): Promise<void> {
    await hideMessage(this.#poll, this.#url, receiptHandle, ms);
  }
}
