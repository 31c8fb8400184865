/** What an owner has, found by the indexes, and how it becomes somebody else's: item by item, each with one update. */
import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { isConditionFailed } from '../aws/errors.ts';

const PAGE = 100;
const AT_ONCE = 10;

/** Where things are kept, and by which index an owner's are found. */
interface Kind {
  readonly table: string;
  readonly index: string;
  readonly key: 'jobId' | 'fileId';
}

export class Belongings {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #kinds: readonly Kind[];

  constructor(dynamo: DynamoDBDocumentClient, tables: { readonly jobs: string; readonly uploads: string }) {
    this.#dynamo = dynamo;
    this.#kinds = [
      { table: tables.uploads, index: 'byOwner', key: 'fileId' },
      { table: tables.jobs, index: 'history', key: 'jobId' },
    ];
  }

  /**
   * Makes everything of `from` that of `to`. May break off and be repeated: what has moved is found no more, and what
   * belongs to nobody of both is left alone.
   * @param onMoved told of each job and upload that is moved.
   * @returns how many were moved. @throws SDK errors.
   */
  async move(from: string, to: string, onMoved: (id: string) => void = () => undefined): Promise<number> {
    let moved = 0;
    for (const kind of this.#kinds) {
      for await (const ids of this.#of(from, kind)) {
        for (let at = 0; at < ids.length; at += AT_ONCE) {
          const some = ids.slice(at, at + AT_ONCE);
          const done = await Promise.all(some.map((id) => this.#give(kind, id, from, to)));
          for (const id of some.filter((_, index) => done[index])) onMoved(id);
          moved += done.filter(Boolean).length;
        }
      }
    }
    return moved;
  }

  async *#of(ownerId: string, { table, index, key }: Kind): AsyncGenerator<string[], void, void> {
    let after: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#dynamo.send(
        new QueryCommand({
          TableName: table,
          IndexName: index,
          KeyConditionExpression: 'ownerId = :owner',
          ExpressionAttributeValues: { ':owner': ownerId },
          ProjectionExpression: key,
          Limit: PAGE,
          ExclusiveStartKey: after,
        }),
      );
      yield Items.map((item) => z.string().parse(item[key]));
      after = LastEvaluatedKey;
    } while (after !== undefined);
  }

  /** Answers false when it was not `from`'s any more. */
  async #give({ table, key }: Kind, id: string, from: string, to: string): Promise<boolean> {
    try {
      await this.#dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key: { [key]: id },
          UpdateExpression: 'SET ownerId = :to',
          ConditionExpression: 'ownerId = :from',
          ExpressionAttributeValues: { ':to': to, ':from': from },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  }
}
