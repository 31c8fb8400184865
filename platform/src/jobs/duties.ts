/**
 * Duties: what one process does for the whole fleet. A duty is held by a lease in the jobs table, under a key that no
 * job can have, so that its cost does not grow with the fleet. Holding one is no proof: a process that froze may go on
 * for a moment after another one took over, so whatever a duty does must be safe when done twice.
 */
import { randomUUID } from 'node:crypto';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../aws/errors.ts';

/**
 * `sweep`: wakes orphans and tells what is untold. `sweep-next`: takes over from a sweeper that is gone. `expire-jobs`,
 * `sweep-uploads`: what need not be done by every worker that comes round to it. `measure`: publishes how loaded the fleet
 * is; `measure-next` takes over from it.
 */
export type Duty = 'sweep' | 'sweep-next' | 'measure' | 'measure-next' | 'expire-jobs' | 'sweep-uploads';

/** DynamoDB drops what nobody held for so long: a fleet that is switched off leaves nothing behind. */
const FORGOTTEN_AFTER_MS = 86_400_000;

export class Duties {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  /** Unique to this process. */
  readonly #me = randomUUID();

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  /** Takes or keeps the duty for `forMs` from now. Answers false when another process has it. @throws SDK errors. */
  async take(duty: Duty, forMs: number): Promise<boolean> {
    const now = Date.now();
    const until = now + forMs;
    const ttl = Math.ceil((until + FORGOTTEN_AFTER_MS) / 1000);
    const command = new PutCommand({
      TableName: this.#table,
      Item: { jobId: keyOf(duty), owner: this.#me, until, ttl },
      ConditionExpression: 'attribute_not_exists(jobId) OR #owner = :me OR #until < :now',
      ExpressionAttributeNames: { '#owner': 'owner', '#until': 'until' },
      ExpressionAttributeValues: { ':me': this.#me, ':now': now },
    });
    return (await unlessRefused(this.#dynamo.send(command))) !== undefined;
  }

  /** Lets go of the duty, if it is this process's: the next one need not wait for the lease to end. Never throws. */
  async leave(duty: Duty): Promise<void> {
    try {
      await this.#dynamo.send(
        new DeleteCommand({
          TableName: this.#table,
          Key: { jobId: keyOf(duty) },
          ConditionExpression: '#owner = :me',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':me': this.#me },
        }),
      );
    } catch {
      // The lease ends by itself.
    }
  }
}

/** Ids of jobs are letters, digits and dashes: nobody can ask for this one. */
function keyOf(duty: Duty): string {
  return `duty:${duty}`;
}
