/** DynamoDB tables with their indexes and time to live. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { resources } from '@wavefleet/contracts/resources.ts';
import { z } from 'zod';
import { isNamed } from './clients.ts';
import type { ResourceNames, TableName } from './names.ts';
import { tolerate } from './optional.ts';

const CREATE_LIMIT_SECONDS = 120;
const INDEX_LOOK_MS = 500;
const projectionSchema = z.enum(['ALL', 'INCLUDE', 'KEYS_ONLY']);

interface Key {
  readonly name: string;
  readonly type: string;
}
interface Table {
  readonly hashKey: Key;
  readonly ttlAttribute: string;
  readonly indexes: readonly {
    readonly name: string;
    readonly hashKey: Key;
    readonly rangeKey: Key;
    readonly projection: string;
    readonly attributes?: readonly string[];
  }[];
}

export async function provisionTables(
  dynamo: DynamoDBClient,
  names: ResourceNames,
  notes: string[],
): Promise<void> {
  const tables = Object.entries(resources.tables) as [TableName, Table][];
  await Promise.all(
    tables.map(async ([id, table]) => {
      const TableName = names.tables[id];
      await dynamo.send(new CreateTableCommand(tableInput(TableName, table))).catch((error: unknown) => {
        if (!isNamed(error, 'ResourceInUseException')) throw error;
      });
      const wait = { client: dynamo, maxWaitTime: CREATE_LIMIT_SECONDS, minDelay: 0.1, maxDelay: 2 };
      await waitUntilTableExists(wait, { TableName });
      await addIndexes(dynamo, TableName, table);
      await tolerate(notes, `Time to live of ${TableName}`, () =>
        enableTtl(dynamo, TableName, table.ttlAttribute),
      );
    }),
  );
}

function tableInput(name: string, table: Table): CreateTableCommandInput {
  const indexes = table.indexes.map(indexInput);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes(table),
    KeySchema: [{ AttributeName: table.hashKey.name, KeyType: 'HASH' }],
    // An empty list is refused.
    ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
  };
}

/** Every key of the table and of its indexes, once. */
function attributes(table: Table): AttributeDefinition[] {
  const keys = [table.hashKey, ...table.indexes.flatMap((index) => [index.hashKey, index.rangeKey])];
  const types = new Map(keys.map((key) => [key.name, key.type]));
  return [...types].map(([AttributeName, type]) => ({
    AttributeName,
    AttributeType: type === 'N' ? 'N' : 'S',
  }));
}

function indexInput({ name, hashKey, rangeKey, projection, attributes: held }: Table['indexes'][number]) {
  const NonKeyAttributes = held === undefined ? undefined : [...held];
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: hashKey.name, KeyType: 'HASH' as const },
      { AttributeName: rangeKey.name, KeyType: 'RANGE' as const },
    ],
    Projection: { ProjectionType: projectionSchema.parse(projection), NonKeyAttributes },
  };
}

/**
 * A table of a former version lacks the indexes that came later. They are added one by one, as DynamoDB wants it, and
 * filled by it. Those of a former version stay: that version may be started again.
 */
async function addIndexes(dynamo: DynamoDBClient, TableName: string, table: Table): Promise<void> {
  const known = await indexStates(dynamo, TableName);
  for (const index of table.indexes.filter(({ name }) => !known.has(name))) {
    await dynamo.send(
      new UpdateTableCommand({
        TableName,
        AttributeDefinitions: attributes(table),
        GlobalSecondaryIndexUpdates: [{ Create: indexInput(index) }],
      }),
    );
    const isActive = async () => (await indexStates(dynamo, TableName)).get(index.name) === 'ACTIVE';
    while (!(await isActive())) await sleep(INDEX_LOOK_MS);
  }
}

/** Name → state of each index of the table. */
async function indexStates(dynamo: DynamoDBClient, TableName: string) {
  const { Table: table } = await dynamo.send(new DescribeTableCommand({ TableName }));
  return new Map(table?.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index.IndexStatus]));
}

/** Enabling it twice is an error, hence the look first. */
async function enableTtl(dynamo: DynamoDBClient, TableName: string, AttributeName: string): Promise<void> {
  const { TimeToLiveDescription: now } = await dynamo.send(new DescribeTimeToLiveCommand({ TableName }));
  if (now?.TimeToLiveStatus === 'ENABLED' || now?.TimeToLiveStatus === 'ENABLING') return;
  const TimeToLiveSpecification = { AttributeName, Enabled: true };
  await dynamo.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}
