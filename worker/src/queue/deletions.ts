/**
 * Deletes messages that nobody needs any more, beside the work: a slot receives its next message meanwhile. What is not
 * deleted comes back by its visibility timeout, and whoever gets it learns from the record that nothing is left to do: so
 * one try does, and a worker that dies loses nothing by it.
 */
import { MESSAGES_A_CALL } from '@wavefleet/platform/aws/messages.ts';
import { Gathering } from '@wavefleet/platform/gathering.ts';
import type { JobQueue } from '@wavefleet/platform/jobs/queue.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';

/** Far less than the shortest time that the message of a finished job stays hidden. */
const GAP_MS = 250;
/** More than these at a time come back instead. */
const MOST_WAITING = 1_000;

/** A message that is to go. */
export interface Deletion {
  readonly receiptHandle: string;
  /** For the log. */
  readonly jobId: string | undefined;
  readonly receives: number;
}

export class Deletions {
  readonly #queue: Pick<JobQueue, 'remove'>;
  readonly #queueName: string;
  readonly #log: Log;
  readonly #gathering: Gathering<Deletion>;

  constructor(queue: Pick<JobQueue, 'remove'>, queueName: string, log: Log) {
    this.#queue = queue;
    this.#queueName = queueName;
    this.#log = log;
    this.#gathering = new Gathering({
      send: (batch) => this.#remove(batch),
      batchSize: MESSAGES_A_CALL,
      gapMs: GAP_MS,
      mostWaiting: MOST_WAITING,
    });
  }

  /** Soon. Never throws, and waits for nothing. */
  add(deletion: Deletion): void {
    if (!this.#gathering.add(deletion)) this.#kept(deletion, new Error('too many wait'));
  }

  /** Resolves when none waits any more. Those that are added later go at once. */
  async close(): Promise<void> {
    await this.#gathering.close();
  }

  async #remove(batch: readonly Deletion[]): Promise<void> {
    const handles = batch.map(({ receiptHandle }) => receiptHandle);
    const refused = await this.#queue
      .remove(handles)
      .catch((error: unknown) => new Map(handles.map((handle) => [handle, error])));
    for (const deletion of batch) {
      const { receiptHandle, jobId, receives } = deletion;
      const error = refused.get(receiptHandle);
      if (error === undefined) this.#log.say('message.deleted', { jobId, queue: this.#queueName, receives });
      else this.#kept(deletion, error);
    }
  }

  #kept({ jobId }: Deletion, err: unknown): void {
    this.#log.say('message.not-deleted', { jobId, queue: this.#queueName, err });
  }
}
