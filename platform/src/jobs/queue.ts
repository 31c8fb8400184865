/** The jobs queue: wake-ups only. Losing every message loses nothing, the sweeper sends them again. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type JobMessage, MESSAGE_VERSION } from '@wavefleet/contracts/message.ts';
import { deleteMessages, depthOf, hideMessage, type QueueDepth, sendMessage } from '../aws/messages.ts';
import type { JobTurns } from './turns.ts';

/** Who asks whether somebody waits asks for no longer than it would be worth waiting. */
const DEPTH_TIMEOUT_MS = 2_000;
/** Of messages without a job that waits, an invitation may be one. */
const INVITATIONS = 1;

/** Who should be woken, and for whom. */
export interface WakeUp {
  readonly jobId: string;
  readonly ownerId: string;
  readonly traceparent?: string | undefined;
}

export class JobQueue {
  readonly #sqs: SQSClient;
  readonly #poll: SQSClient;
  readonly #url: string;
  readonly #deadLetterUrl: string;
  readonly #turns: JobTurns;

  /** @param clients.sqsPoll for heartbeats, outside the breaker. */
  constructor(
    clients: { readonly sqs: SQSClient; readonly sqsPoll: SQSClient },
    urls: { readonly queue: string; readonly deadLetters: string },
    turns: JobTurns,
  ) {
    this.#sqs = clients.sqs;
    this.#poll = clients.sqsPoll;
    this.#url = urls.queue;
    this.#deadLetterUrl = urls.deadLetters;
    this.#turns = turns;
  }

  /**
   * One message per call. The owner is the message group, by which SQS is fair, and takes turns with the others, by
   * which every queue is. @throws SDK errors.
   */
  async send(wakeUp: WakeUp, signal?: AbortSignal): Promise<void> {
    await this.#sendFrom('add', wakeUp, signal);
  }

  /**
   * One message more for a job that was there before: it comes before its owner's others. Not for one that may have ended
   * its worker: that waits until a worker has nothing else to do, and others' messages with it.
   * @throws SDK errors.
   */
  async sendAgain(wakeUp: WakeUp, signal?: AbortSignal): Promise<void> {
    await this.#sendFrom('addReturned', wakeUp, signal);
  }

  /**
   * One message for a job that is for newer workers, and was taken off the board for another one's: its own may have been used
   * for another one as well, and only by a message of its own it is found again. It has no turn here, which would be given in
   * vain, unless the queue does not answer. Never throws.
   */
  async leaveToNewer(wakeUp: WakeUp): Promise<void> {
    await this.#send(wakeUp).catch(() => this.#turns.add(wakeUp));
  }

  async #sendFrom(place: 'add' | 'addReturned', wakeUp: WakeUp, signal?: AbortSignal): Promise<void> {
    // Side by side: Redis is faster, and nobody waits for it when it is not.
    void this.#turns[place](wakeUp);
    try {
      await this.#send(wakeUp, signal);
    } catch (error) {
      void this.#turns.remove(wakeUp);
      throw error;
    }
  }

  /**
   * One message more for a job that is at work, unless one waits already: whoever gets it may help. The job waits for
   * nothing, and so has no turn.
   * @throws SDK errors.
   */
  async invite(wakeUp: WakeUp, signal?: AbortSignal): Promise<void> {
    const { waiting } = await this.depth(AbortSignal.timeout(DEPTH_TIMEOUT_MS));
    if (waiting === 0) await this.#send(wakeUp, signal);
  }

  /**
   * Whether there is a job that nobody is at: then nobody helps with another one. Of messages alone, which is all that
   * there is without Redis, nobody knows whether they are invitations.
   * @throws SDK errors.
   */
  async hasJobsWaiting(): Promise<boolean> {
    const onBoard = await this.#turns.longestWaiting(1);
    if (onBoard !== undefined) return onBoard.length > 0;
    return (await this.depth(AbortSignal.timeout(DEPTH_TIMEOUT_MS))).waiting > INVITATIONS;
  }

  async #send({ jobId, ownerId, traceparent }: WakeUp, signal?: AbortSignal): Promise<void> {
    const message: JobMessage = { v: MESSAGE_VERSION, jobId, traceparent };
    await sendMessage(this.#sqs, this.#url, { message, group: ownerId, signal });
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

  /** Hides a received message for `ms` from now. */
  async hide(receiptHandle: string, ms: number): Promise<void> {
    await hideMessage(this.#poll, this.#url, receiptHandle, ms);
  }

  /** Deletes received messages, ten at most. Answers what SQS refused, by receipt handle. @throws SDK errors. */
  async remove(receiptHandles: readonly string[]): Promise<ReadonlyMap<string, Error>> {
    return await deleteMessages(this.#poll, this.#url, receiptHandles);
  }
}
