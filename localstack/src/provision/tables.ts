/** DynamoDB tables with their indexes and time to live. */
import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { resources } from '@wavefleet/contracts/resources.ts';
import { isNamed } from './clients.ts';
import type { ResourceNames, TableName } from './names.ts';
import { tolerate } from './optional.ts';

const CREATE_LIMIT_SECONDS = 120;

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
      await tolerate(notes, `Time to live of ${TableName}`, () =>
        enableTtl(dynamo, TableName, table.ttlAttribute),
      );
    }),
  );
}

function tableInput(name: string, table: Table): CreateTableCommandInput {
  const keys = [table.hashKey, ...table.indexes.flatMap((index) => [index.hashKey, index.rangeKey])];
  const types = new Map(keys.map((key) => [key.name, key.type]));
  const indexes = table.indexes.map(({ name: IndexName, hashKey, rangeKey, projection }) => ({
    IndexName,
    KeySchema: [
      { AttributeName: hashKey.name, KeyType: 'HASH' as const },
      { AttributeName: rangeKey.name, KeyType: 'RANGE' as const },
    ],
    Projection: { ProjectionType: projection === 'ALL' ? ('ALL' as const) : ('KEYS_ONLY' as const) },
  }));
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...types].map(
      ([AttributeName, type]): AttributeDefinition => ({
        AttributeName,
        AttributeType: type === 'N' ? 'N' : 'S',
      }),
    ),
    KeySchema: [{ AttributeName: table.hashKey.name, KeyType: 'HASH' }],
    // An empty list is refused.
    ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
  };
}

/** Enabling it twice is an error, hence the look first. */
async function enableTtl(dynamo: DynamoDBClient, TableName: string, AttributeName: string): Promise<void> {
  const { TimeToLiveDescription: now } = await dynamo.send(new DescribeTimeToLiveCommand({ TableName }));
  if (now?.TimeToLiveStatus === 'ENABLED' || now?.TimeToLiveStatus === 'ENABLING') return;
  const TimeToLiveSpecification = { AttributeName, Enabled: true };
  await dynamo.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}
