/**
 * What somebody wants gone: everything of an owner. It is a record until nothing is left, so that no death of a process
 * forgets it. All of them stand under one owner that nobody can be, and so are found without a scan.
 */
import { randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { unlessRefused } from '../aws/errors.ts';
import { readable } from '../aws/readable.ts';

/** Not of the form of an owner's id. */
const LIST = ':erasures';
/** Looked at by one call. */
const PAGE = 100;
/** Between two passes: doubled each time, unless the last one got further. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;

const erasureSchema = z.object({
  /** The owner whose everything it is. */
  erases: z.string(),
  /** Epoch ms: when it was asked, and until when what was on its way then may still arrive. */
  askedAt: z.int(),
  watchedUntil: z.int(),
  /** Epoch ms before which nobody takes it. */
  takenUntil: z.int(),
  passes: z.int(),
});
export type Erasure = z.infer<typeof erasureSchema>;

/** The erasures in the accounts table: items `erasure:{ownerId}`. */
export class Erasures {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #takenForMs: number;

  /** @param takenForMs a pass belongs to the process that took it for so long; then another one tries. */
  constructor(dynamo: DynamoDBDocumentClient, table: string, takenForMs: number) {
    this.#dynamo = dynamo;
    this.#table = table;
    this.#takenForMs = takenForMs;
  }

  /**
   * Notes it; who asks has the first pass. Asked again, it begins anew.
   * @param watchMs how long what was on its way may take to arrive. @throws SDK errors.
   */
  async ask(ownerId: string, watchMs: number, now = Date.now()): Promise<Erasure> {
    const { Attributes } = await this.#dynamo.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { id: itemOf(ownerId) },
        UpdateExpression:
          'SET ownerId = :list, createdAt = if_not_exists(createdAt, :at), erases = :owner, askedAt = :now, ' +
          'watchedUntil = :watched, takenUntil = :taken, passes = :one',
        ExpressionAttributeValues: {
          ':list': LIST,
          ':at': new Date(now).toISOString(),
          ':owner': ownerId,
          ':now': now,
          ':watched': now + watchMs,
          ':taken': now + this.#takenForMs,
          ':one': 1,
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return erasureSchema.parse(Attributes);
  }

  /**
   * Those that are not at an end and whose pause is over at `now` (epoch ms), the oldest first. All of them, however many: each
   * stays until nothing more can arrive for it, and none waits for others to be at an end. @throws SDK errors.
   */
  async *due(now: number): AsyncGenerator<Erasure, void, void> {
    const erasures = {
      TableName: this.#table,
      IndexName: 'byOwner',
      KeyConditionExpression: 'ownerId = :list',
      FilterExpression: 'takenUntil <= :now',
      ExpressionAttributeValues: { ':list': LIST, ':now': now },
      Limit: PAGE,
    };
    for await (const { Items } of paginateQuery({ client: this.#dynamo }, erasures))
      yield* readable(Items ?? [], erasureSchema);
  }

  /**
   * Takes it for one pass. Undefined when it is not due, or another process has it; who takes it says so in the item, and so
   * knows itself again where the answer is lost and the SDK asks once more. @throws SDK errors.
   */
  async take({ erases, takenUntil, passes }: Erasure, now = Date.now()): Promise<Erasure | undefined> {
    if (takenUntil > now) return undefined;
    return await this.#update(erases, {
      update: 'SET takenUntil = :until, passes = :passes, takenBy = :me',
      condition: 'takenUntil <= :now OR takenBy = :me',
      values: { ':until': now + this.#takenForMs, ':passes': passes + 1, ':now': now, ':me': randomUUID() },
    });
  }

  /** The pass is over: there will be another. @param gotFurther whether it deleted something. @throws SDK errors. */
  async passed(
    { erases, askedAt, passes }: Erasure,
    { gotFurther, now = Date.now() }: { readonly gotFurther: boolean; readonly now?: number },
  ): Promise<void> {
    const pauseMs = gotFurther ? FIRST_PAUSE_MS : FIRST_PAUSE_MS * 2 ** (passes - 1);
    await this.#update(erases, {
      update: 'SET takenUntil = :at',
      condition: 'askedAt = :asked',
      values: { ':at': now + Math.min(LONGEST_PAUSE_MS, pauseMs), ':asked': askedAt },
    });
  }

  /** Nothing is left. Answers false when it was asked again meanwhile, and so goes on. @throws SDK errors. */
  async end({ erases, askedAt }: Erasure): Promise<boolean> {
    const command = new DeleteCommand({
      TableName: this.#table,
      Key: { id: itemOf(erases) },
      ConditionExpression: 'askedAt = :asked',
      ExpressionAttributeValues: { ':asked': askedAt },
    });
    return (await unlessRefused(this.#dynamo.send(command))) !== undefined;
  }

  async #update(
    ownerId: string,
    { update, condition, values }: { update: string; condition: string; values: Record<string, unknown> },
  ): Promise<Erasure | undefined> {
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { id: itemOf(ownerId) },
      UpdateExpression: update,
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
      ReturnValues: 'ALL_NEW',
    });
    const changed = await unlessRefused(this.#dynamo.send(command));
    return changed && erasureSchema.parse(changed.Attributes);
  }
}

const itemOf = (ownerId: string): string => `erasure:${ownerId}`;
