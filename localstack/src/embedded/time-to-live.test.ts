/** Items whose time is over go from the embedded DynamoDB, as late as they do on AWS. */
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { provision } from '../provision.ts';
import { startEmbeddedStack } from './stack.ts';
import { TimeToLive } from './time-to-live.ts';

const DAY_SECONDS = 86_400;

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'wavefleet-ttl-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

/** A provisioned stack on the folder. */
async function open(dataDir: string) {
  const stack = await startEmbeddedStack({ dataDir, path: process.env.PATH });
  const target = { endpointUrl: stack.endpointUrl, region: 'us-east-1', credentials: stack.keys };
  const { settings } = await provision(target);
  const dynamo = new DynamoDBClient({ endpoint: target.endpointUrl, ...target });
  const close = async () => {
    dynamo.destroy();
    await stack.stop();
  };
  return { dynamo, TableName: settings.WEBHOOKS_TABLE, close };
}

test('an item goes two days after its time, others stay, and so does one whose time was put off', async () => {
  const dir = folder();
  const { dynamo, TableName, close } = await open(dir);
  onTestFinished(close);
  const now = Math.floor(Date.now() / 1000);
  const times = { over: now - 3 * DAY_SECONDS, late: now - DAY_SECONDS, later: now + DAY_SECONDS };
  for (const [id, ttl] of Object.entries(times)) {
    await dynamo.send(new PutItemCommand({ TableName, Item: { id: { S: id }, ttl: { N: String(ttl) } } }));
  }
  await dynamo.send(new PutItemCommand({ TableName, Item: { id: { S: 'for ever' } } }));
  const ids = async () => {
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName }));
    return Items.map(({ id }) => id?.S).sort();
  };
  const ttl = new TimeToLive(join(dir, 'time-to-live.json'), dynamo);
  expect(await ttl.expire(now * 1000)).toBe(1);
  expect(await ids()).toEqual(['for ever', 'late', 'later']);
  expect(await ttl.expire((now + 4 * DAY_SECONDS) * 1000)).toBe(2);
  expect(await ids()).toEqual(['for ever']);
});

test('what says which attribute it is may be damaged: whoever provisions says it again', async () => {
  const dir = folder();
  await (await open(dir)).close();
  truncateSync(join(dir, 'time-to-live.json'));
  await (await open(dir)).close();
  expect(
    new TimeToLive(join(dir, 'time-to-live.json'), new DynamoDBClient()).answer(
      'DescribeTimeToLive',
      Buffer.from('{"TableName":"wavefleet-webhooks"}'),
    ),
  ).toEqual({
    TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' },
  });
});
