/** The tables: shaped as `resources.json` says, and open to what the fleet does. No item is ever written. */
import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  type KeySchemaElement,
  PutItemCommand,
  QueryCommand,
  type TableDescription,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { resources } from '@wavefleet/contracts/resources.ts';
import type { Subject } from '@wavefleet/platform/trouble/subject.ts';
import { look, need, provesPermission } from './calls.ts';
import type { Check, Remark } from './check.ts';
import type { World } from './context.ts';

type TableId = keyof typeof resources.tables;
interface Key {
  readonly name: string;
  readonly type: string;
}
interface Index {
  readonly name: string;
  readonly hashKey: Key;
  readonly rangeKey: Key;
  readonly projection: string;
}
interface Table {
  readonly hashKey: Key;
  readonly ttlAttribute: string;
  readonly indexes: readonly Index[];
}

const SETTINGS = {
  jobs: 'JOBS_TABLE',
  progress: 'PROGRESS_TABLE',
  uploads: 'UPLOADS_TABLE',
  accounts: 'ACCOUNTS_TABLE',
  webhooks: 'WEBHOOKS_TABLE',
} as const;

export function dynamoChecks(world: World): Check[] {
  return Object.entries(resources.tables).flatMap(([id, table]) => tableChecks(world, id as TableId, table));
}

function tableChecks({ aws, config }: World, id: TableId, table: Table): Check[] {
  const TableName = config[SETTINGS[id]];
  const about = (action: string, below = ''): Subject => ({
    action: `dynamodb:${action}`,
    resource: `arn:aws:dynamodb:${config.AWS_REGION}:*:table/${TableName}${below}`,
    setting: SETTINGS[id],
    name: TableName,
  });
  const check = (what: string, run: Check['run']): Check => ({
    what: `DynamoDB ${TableName}: ${what}`,
    thing: TableName,
    run,
  });
  return [
    check('active, keys and indexes', async (abortSignal) => {
      // /api/health describes the jobs table; the others are described here alone.
      const ask = id === 'jobs' ? need : look;
      const { Table: found } = await ask(about('DescribeTable'), () =>
        aws.dynamo.send(new DescribeTableCommand({ TableName }), { abortSignal }),
      );
      return found === undefined ? [] : shapeRemarks(table, found);
    }),
    check('time to live', async (abortSignal) => {
      const { TimeToLiveDescription: ttl } = await look(about('DescribeTimeToLive'), () =>
        aws.dynamo.send(new DescribeTimeToLiveCommand({ TableName }), { abortSignal }),
      );
      return ttlRemarks(table.ttlAttribute, ttl?.TimeToLiveStatus, ttl?.AttributeName);
    }),
    check('get, put, update, delete, query', async (abortSignal) => {
      const key = { [table.hashKey.name]: { S: randomUUID() } };
      // On a key that nobody has: the condition cannot hold, so that nothing is ever written.
      const never = {
        TableName,
        ConditionExpression: 'attribute_exists(#key)',
        ExpressionAttributeNames: { '#key': table.hashKey.name },
      };
      const refused = ['ConditionalCheckFailedException'];
      const send = { abortSignal };
      await need(about('GetItem'), () => aws.dynamo.send(new GetItemCommand({ TableName, Key: key }), send));
      if (id === 'jobs') {
        const RequestItems = { [TableName]: { Keys: [key] } };
        await need(about('BatchGetItem'), () =>
          aws.dynamo.send(new BatchGetItemCommand({ RequestItems }), send),
        );
      }
      await provesPermission(about('PutItem'), refused, () =>
        aws.dynamo.send(new PutItemCommand({ ...never, Item: key }), send),
      );
      await provesPermission(about('DeleteItem'), refused, () =>
        aws.dynamo.send(new DeleteItemCommand({ ...never, Key: key }), send),
      );
      if (id !== 'progress') {
        await provesPermission(about('UpdateItem'), refused, () =>
          aws.dynamo.send(new UpdateItemCommand({ ...never, Key: key }), send),
        );
      }
      for (const index of table.indexes) {
        await need(about('Query', `/index/${index.name}`), () =>
          aws.dynamo.send(new QueryCommand({ TableName, IndexName: index.name, ...nothingIn(index) }), send),
        );
      }
      return [];
    }),
  ];
}

/** A query that finds nothing. */
function nothingIn({ hashKey }: Index) {
  const value: AttributeValue = hashKey.type === 'N' ? { N: '-1' } : { S: randomUUID() };
  return {
    KeyConditionExpression: '#key = :nobody',
    ExpressionAttributeNames: { '#key': hashKey.name },
    ExpressionAttributeValues: { ':nobody': value },
    Limit: 1,
  };
}

/** What of the table is not as `resources.json` has it. Capacity, tags and further indexes are the operator's. */
function shapeRemarks(table: Table, found: TableDescription): Remark[] {
  const remarks: Remark[] = [];
  const fail = (problem: string, fix: string, more: Partial<Remark> = {}) =>
    remarks.push({ status: 'FAIL', problem, fix, ...more });
  if (found.TableStatus !== 'ACTIVE' && found.TableStatus !== 'UPDATING') {
    fail(`the table is ${found.TableStatus}`, 'Wait until it is ACTIVE and try again.');
  }
  const types = new Map(found.AttributeDefinitions?.map((one) => [one.AttributeName, one.AttributeType]));
  const text = (keys: readonly KeySchemaElement[] = []) =>
    keys.map(({ AttributeName }) => `${AttributeName} ${types.get(AttributeName)}`).join(', ');
  const expected = (...keys: Key[]) => keys.map(({ name, type }) => `${name} ${type}`).join(', ');

  const keys = text(found.KeySchema);
  if (keys !== expected(table.hashKey)) {
    fail(
      `its key is (${keys}), expected (${expected(table.hashKey)})`,
      'A key cannot be changed: create the table again (terraform apply, or npm run provision under another name).',
      { blocks: 'thing' },
    );
  }
  for (const index of table.indexes) {
    const other = found.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === index.name);
    const wanted = expected(index.hashKey, index.rangeKey);
    const projection = other?.Projection?.ProjectionType;
    if (other === undefined) {
      fail(`the index ${index.name} (${wanted}) is missing`, 'Add it: terraform apply.');
    } else if (text(other.KeySchema) !== wanted) {
      fail(
        `the index ${index.name} has the keys (${text(other.KeySchema)}), expected (${wanted})`,
        'Remove the index and create it again: terraform apply.',
      );
    } else if (projection !== 'ALL' && projection !== index.projection) {
      fail(
        `the index ${index.name} holds ${projection}, expected ${index.projection}`,
        'Remove the index and create it again: terraform apply.',
      );
    } else if (other.IndexStatus !== undefined && other.IndexStatus !== 'ACTIVE') {
      fail(`the index ${index.name} is ${other.IndexStatus}`, 'Wait until it is ACTIVE and try again.');
    }
  }
  return remarks;
}

function ttlRemarks(expected: string, status: string | undefined, attribute: string | undefined): Remark[] {
  const isOn = status === 'ENABLED' || status === 'ENABLING';
  if (isOn && attribute === expected) return [];
  return [
    {
      status: 'FAIL',
      problem: isOn
        ? `on for ${attribute}, expected ${expected}`
        : 'off: records are kept, and paid, for ever',
      fix: `Switch it on for the attribute ${expected}: terraform apply, or npm run provision.`,
    },
  ];
}
