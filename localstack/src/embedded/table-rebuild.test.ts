/** Data of a former version, whose tables lack an index: it is added, and nothing is lost however the rebuild ends. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  PutItemCommand,
  QueryCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { resources } from '@wavefleet/contracts/resources.ts';
import { afterEach, expect, test } from 'vitest';
import { makeClients } from '../provision/clients.ts';
import { resourceNames } from '../provision/names.ts';
import { provisionTables } from '../provision/tables.ts';
import { startDynamo } from './dynamo.ts';

const names = resourceNames();
const TableName = names.tables.jobs;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'wavefleet-rebuild-'));
  ends.push(() => rmSync(dir, { recursive: true }));
  return dir;
}

/** The tables in this folder, and who may ask them. */
async function open(dir: string) {
  const dynamo = await startDynamo(dir);
  const server = createServer((req, res) => void dynamo.handle(req, res)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const clients = makeClients({ endpointUrl: `http://127.0.0.1:${port}`, region: 'us-east-1' });
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    clients.destroy();
    server.close();
    await dynamo.close();
  };
  ends.push(close);
  return { client: clients.dynamo, close };
}

const jobId = (nth: number) => `job-${String(nth).padStart(3, '0')}`;
/** As the version before had it, with 30 jobs. */
async function formerTable(dir: string) {
  const { client, close } = await open(dir);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['jobId', 'ownerId', 'createdAt'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: [{ AttributeName: 'jobId', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byOwner',
          KeySchema: [
            { AttributeName: 'ownerId', KeyType: 'HASH' },
            { AttributeName: 'createdAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.05, maxDelay: 1 }, { TableName });
  for (let nth = 0; nth < 30; nth += 1) {
    await client.send(
      new PutItemCommand({
        TableName,
        Item: {
          jobId: { S: jobId(nth) },
          ownerId: { S: 'me' },
          createdAt: { S: `2026-01-01T00:00:${String(nth).padStart(2, '0')}.000Z` },
          status: { S: 'completed' },
          fingerprint: { S: 'not in the index' },
          absolved: { NS: ['1', '2'] },
        },
      }),
    );
  }
  return { client, close };
}

const historyOf = async ({ client }: Awaited<ReturnType<typeof open>>, IndexName = 'history') => {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      IndexName,
      KeyConditionExpression: 'ownerId = :me',
      ExpressionAttributeValues: { ':me': { S: 'me' } },
    }),
  );
  return Items;
};
const all = Array.from({ length: 30 }, (_, nth) => jobId(nth));

test('provisioning adds the indexes that a former table lacks, filled with its jobs; the former one stays', async () => {
  const dir = folder();
  const former = await formerTable(dir);
  await provisionTables(former.client, names, []);
  await provisionTables(former.client, names, []);
  await former.close();

  const now = await open(dir);
  const history = await historyOf(now);
  expect(history.map((item) => item.jobId?.S)).toEqual(all);
  expect(Object.keys(history[0] ?? {}).toSorted()).toEqual(['createdAt', 'jobId', 'ownerId', 'status']);
  const former30 = await historyOf(now, 'byOwner');
  expect(former30.map((item) => item.absolved)).toEqual(all.map(() => ({ NS: ['1', '2'] })));
  const { Table } = await now.client.send(new DescribeTableCommand({ TableName }));
  expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).toSorted()).toEqual(
    ['byOwner', ...resources.tables.jobs.indexes.map(({ name }) => name)].toSorted(),
  );
});

test('a rebuild that broke off after the table was deleted is done at the next start', async () => {
  const dir = folder();
  const former = await formerTable(dir);
  const { Table } = await former.client.send(new DescribeTableCommand({ TableName }));
  const items = await historyOf(former, 'byOwner');
  await former.client.send(new DeleteTableCommand({ TableName }));
  await former.close();
  const file = join(dir, 'table-rebuild.json');
  const table = {
    ...{ TableName, BillingMode: 'PAY_PER_REQUEST', KeySchema: Table?.KeySchema },
    AttributeDefinitions: Table?.AttributeDefinitions,
    GlobalSecondaryIndexes: Table?.GlobalSecondaryIndexes?.map(({ KeySchema, Projection }) => ({
      ...{ IndexName: 'history', KeySchema, Projection },
    })),
  };
  writeFileSync(file, JSON.stringify({ table, items }));

  const now = await open(dir);
  expect((await historyOf(now)).map((item) => item.jobId?.S)).toEqual(all);
  expect(() => readFileSync(file)).toThrow('ENOENT');
});
