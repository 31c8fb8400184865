/** What an owner has, found by the indexes, and how it becomes somebody else's: item by item, each with one update. */
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { unlessRefused } from '../aws/errors.ts';

const PAGE = 100;
const AT_ONCE = 10;

/** Where things are kept, and by which index an owner's are found. */
interface Kind {
  readonly table: string;
  readonly index: string;
  readonly key: 'jobId' | 'fileId' | 'id';
}

/** `people`: the account itself, its sessions and keys; of a list of minutes, its items. */
export type BelongingKind = 'uploads' | 'jobs' | 'people';

export class Belongings {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #kinds: Readonly<Record<BelongingKind, Kind>>;

  constructor(
    dynamo: DynamoDBDocumentClient,
    tables: { readonly jobs: string; readonly uploads: string; readonly accounts: string },
  ) {
    this.#dynamo = dynamo;
    this.#kinds = {
      uploads: { table: tables.uploads, index: 'byOwner', key: 'fileId' },
      jobs: { table: tables.jobs, index: 'history', key: 'jobId' },
      people: { table: tables.accounts, index: 'byOwner', key: 'id' },
    };
  }

  /**
   * Makes what is `from`'s that of `to`. May break off and be repeated: what has moved is found no more, and what
   * belongs to nobody of both is left alone.
   * @param options.kinds in this order. Default: uploads, then jobs.
   * @param options.onMoved told of each thing that is moved.
   * @returns how many were moved. @throws SDK errors.
   */
  async move(
    from: string,
    to: string,
    {
      kinds = ['uploads', 'jobs'],
      onMoved,
    }: { readonly kinds?: readonly BelongingKind[]; readonly onMoved?: (id: string) => void } = {},
  ): Promise<number> {
    let moved = 0;
    for (const kind of kinds.map((name) => this.#kinds[name])) {
      for await (const ids of this.#of(from, kind)) {
        for (let at = 0; at < ids.length; at += AT_ONCE) {
          const some = ids.slice(at, at + AT_ONCE);
          const done = await Promise.all(some.map((id) => this.#give(kind, id, from, to)));
          for (const id of some.filter((_, index) => done[index])) onMoved?.(id);
          moved += done.filter(Boolean).length;
        }
      }
    }
    return moved;
  }

  /**
   * The ids of what an owner has, page after page. What was made a moment ago may be missing.
   * @param made.until only what was made by then (epoch ms). @throws SDK errors.
   */
  list(
    ownerId: string,
    kind: BelongingKind,
    { until }: { readonly until: number },
  ): AsyncGenerator<string[], void, void> {
    return this.#of(ownerId, this.#kinds[kind], new Date(until).toISOString());
  }

  /** Deletes something of `people`, if it is that owner's. @throws SDK errors. */
  async drop(ownerId: string, id: string): Promise<void> {
    const { table, key } = this.#kinds.people;
    const command = new DeleteCommand({
      TableName: table,
      Key: { [key]: id },
      ConditionExpression: 'ownerId = :owner',
      ExpressionAttributeValues: { ':owner': ownerId },
    });
    await unlessRefused(this.#dynamo.send(command));
  }

  /** @param until ISO; all times are before a 9. */
  async *#of(
    ownerId: string,
    { table, index, key }: Kind,
    until = '9',
  ): AsyncGenerator<string[], void, void> {
    const items = {
      TableName: table,
      IndexName: index,
      KeyConditionExpression: 'ownerId = :owner AND createdAt <= :until',
      ExpressionAttributeValues: { ':owner': ownerId, ':until': until },
      ProjectionExpression: key,
      Limit: PAGE,
    };
    for await (const { Items = [] } of paginateQuery({ client: this.#dynamo }, items))
      yield Items.map((item) => z.string().parse(item[key]));
  }

  /** Answers false when it was not `from`'s any more. */
  async #give({ table, key }: Kind, id: string, from: string, to: string): Promise<boolean> {
    const command = new UpdateCommand({
      TableName: table,
      Key: { [key]: id },
      UpdateExpression: 'SET ownerId = :to',
      ConditionExpression: 'ownerId = :from',
      ExpressionAttributeValues: { ':to': to, ':from': from },
    });
    return (await unlessRefused(this.#dynamo.send(command))) !== undefined;
  }
}
