/** The embedded DynamoDB: conditions, indexes, and a restart. */
import {
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provision } from '../provision.ts';
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
