/** The embedded DynamoDB: conditions, indexes, and a restart. */
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { provision } from '../provision.ts';
import { startDynamo } from './dynamo.ts';
import { EmbeddedServices } from './services.testing.ts';

let stack: EmbeddedServices;
let TableName: string;
beforeAll(async () => {
  stack = await EmbeddedServices.start();
  const { settings } = await provision({
    endpointUrl: stack.url,
    region: 'us-east-1',
    credentials: stack.keys,
  });
  TableName = settings.JOBS_TABLE;
});
afterAll(() => stack.stop());

const claim = () =>
  stack.clients.dynamo.send(
    new UpdateItemCommand({
      TableName,
      Key: { jobId: { S: 'one' } },
      UpdateExpression: 'SET #status = :processing ADD attempt :one',
      ConditionExpression: '#status = :created',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':processing': { S: 'processing' },
        ':created': { S: 'created' },
        ':one': { N: '1' },
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
const query = (IndexName: string, key: string, value: object) =>
  stack.clients.dynamo.send(
    new QueryCommand({
      TableName,
      IndexName,
      KeyConditionExpression: '#key = :value',
      ExpressionAttributeNames: { '#key': key },
      ExpressionAttributeValues: { ':value': value as { S: string } },
    }),
  );

test('one conditional update of two wins, indexes follow, and all of it survives a restart', async () => {
  const Item = {
    jobId: { S: 'one' },
    status: { S: 'created' },
    ownerId: { S: 'me' },
    createdAt: { S: '2026-01-01T00:00:00.000Z' },
    dueShard: { N: '3' },
    dueAt: { N: '17' },
  };
  await stack.clients.dynamo.send(new PutItemCommand({ TableName, Item }));
  const outcomes = await Promise.allSettled([claim(), claim(), claim()]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await stack.restart();

  const { Item: kept } = await stack.clients.dynamo.send(
    new GetItemCommand({ TableName, Key: { jobId: { S: 'one' } } }),
  );
  expect(kept).toMatchObject({ status: { S: 'processing' }, attempt: { N: '1' } });
  expect((await query('history', 'ownerId', { S: 'me' })).Items).toMatchObject([
    { status: { S: 'processing' } },
  ]);
  expect((await query('due', 'dueShard', { N: '3' })).Items).toMatchObject([{ jobId: { S: 'one' } }]);
  await expect(claim()).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  const { TimeToLiveDescription } = await stack.clients.dynamo.send(
    new DescribeTimeToLiveCommand({ TableName }),
  );
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
});

test('it may be closed while tables are read, also for who has hung up', async () => {
  const item = { status: { S: 'x'.repeat(2_000) }, ownerId: { S: 'many' } };
  for (let nth = 0; nth < 200; nth += 1) {
    const createdAt = { S: `2026-02-01T00:00:00.${String(nth).padStart(3, '0')}Z` };
    const Item = { ...item, jobId: { S: `many-${nth}` }, createdAt };
    await stack.clients.dynamo.send(new PutItemCommand({ TableName, Item }));
  }
  const thrown: unknown[] = [];
  const hear = (error: unknown) => thrown.push(error);
  process.on('uncaughtException', hear);
  onTestFinished(() => void process.off('uncaughtException', hear));
  const asked = Array.from({ length: 40 }, () => query('history', 'ownerId', { S: 'many' }));
  await Promise.race(asked);
  await stack.restart();
  await Promise.allSettled(asked);
  expect(thrown).toEqual([]);
  expect((await query('history', 'ownerId', { S: 'many' })).Count).toBe(200);
});

test('tables that cannot be opened are said at once, in a plain sentence', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'wavefleet-tables-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  await (await startDynamo(dir)).close();
  for (const name of readdirSync(join(dir, 'tables'))) {
    if (name.startsWith('MANIFEST')) truncateSync(join(dir, 'tables', name));
  }
  await expect(startDynamo(dir)).rejects.toThrow(
    /^.*tables cannot be opened \(Corruption: .*\)\. Make room, or bring back a copy\.$/,
  );
});
