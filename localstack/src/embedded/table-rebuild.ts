/**
 * Adding an index to a table, which dynalite cannot: the table is made anew with it and filled with what it held. The
 * items are in a file meanwhile, so that a rebuild that breaks off is done again at the next start and nothing is lost.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import {
  type AttributeValue,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { z } from 'zod';

/** An UpdateTable call that adds indexes. */
export const addedIndexesSchema = z.object({
  TableName: z.string(),
  /** Of the keys of the table and of all its indexes. */
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexUpdates: z.array(
    z.object({
      Create: z.object({
        IndexName: z.string(),
        KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
        Projection: z.object({
          ProjectionType: z.enum(['ALL', 'INCLUDE', 'KEYS_ONLY']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    }),
  ),
});

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
/** What a rebuild needs. Written by this file as well, from items that hold nothing binary. */
const rebuildSchema = z.object({
  table: z.custom<CreateTableCommandInput>(isObject),
  items: z.array(z.custom<Record<string, AttributeValue>>(isObject)),
});
type Rebuild = z.infer<typeof rebuildSchema>;

export class TableRebuilds {
  readonly #file: string;
  readonly #dynamo: DynamoDBClient;

  /** @param file where an unfinished rebuild lies. @param dynamo straight to dynalite. */
  constructor(file: string, dynamo: DynamoDBClient) {
    this.#file = file;
    this.#dynamo = dynamo;
  }

  /** Ends what an earlier process began. */
  async resume(): Promise<void> {
    if (existsSync(this.#file))
      await this.#fill(rebuildSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8'))));
  }

  /** Adds the indexes that the update creates. Nobody else may use the table meanwhile. @throws SDK errors. */
  async addIndexes(update: z.infer<typeof addedIndexesSchema>): Promise<void> {
    const { TableName } = update;
    const { Table: now } = await this.#dynamo.send(new DescribeTableCommand({ TableName }));
    const added = update.GlobalSecondaryIndexUpdates.map(({ Create }) => Create);
    const kept = now?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    }));
    const items: Record<string, AttributeValue>[] = [];
    for await (const page of paginateScan({ client: this.#dynamo }, { TableName })) {
      items.push(...(page.Items ?? []));
    }
    const table = {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: update.AttributeDefinitions,
      KeySchema: now?.KeySchema,
      GlobalSecondaryIndexes: [...(kept ?? []), ...added],
    } satisfies Partial<CreateTableCommandInput>;
    // On the disk before the table goes, also where the power goes after it.
    writeFileSync(`${this.#file}.new`, JSON.stringify({ table, items }), { flush: true });
    renameSync(`${this.#file}.new`, this.#file);
    await this.resume();
  }

  async #fill({ table, items }: Rebuild): Promise<void> {
    const { TableName } = table;
    await this.#dynamo.send(new DeleteTableCommand({ TableName })).catch((error: unknown) => {
      // It was deleted before the process ended.
      if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
    });
    const wait = { client: this.#dynamo, maxWaitTime: 10, minDelay: 0.05, maxDelay: 1 };
    await waitUntilTableNotExists(wait, { TableName });
    await this.#dynamo.send(new CreateTableCommand(table));
    await waitUntilTableExists(wait, { TableName });
    for (const Item of items) await this.#dynamo.send(new PutItemCommand({ TableName, Item }));
    rmSync(this.#file);
  }
}
