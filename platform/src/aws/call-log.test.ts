/** What the log says of calls to AWS, over the wire: an HTTP server answers as AWS does. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { DeleteMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { BatchGetCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../config.ts';
import { checkLine } from '../log/line-check.testing.ts';
import { makeLog } from '../log/log.ts';
import { type AwsClients, makeAwsClients } from './clients.ts';

const JOB = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01';
const FILE = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a02';
const QueueUrl = 'http://sqs/000000000000/jobs';
const settings = {
  S3_BUCKET: 'media',
  JOBS_TABLE: 'jobs-table',
  UPLOADS_TABLE: 'uploads-table',
  ACCOUNTS_TABLE: 'accounts-table',
  PROGRESS_TABLE: 'progress-table',
  JOBS_QUEUE_URL: QueueUrl,
  JOBS_DLQ_URL: 'http://sqs/000000000000/jobs-dlq',
  DROPS_QUEUE_URL: 'http://sqs/000000000000/drops',
  DROPS_DLQ_URL: 'http://sqs/000000000000/drops-dlq',
  WEBHOOKS_TABLE: 'webhooks',
  NOTICES_QUEUE_URL: 'http://sqs/000000000000/notices',
  NOTICES_DLQ_URL: 'http://sqs/000000000000/notices-dlq',
  EVENT_BUS: 'audio',
  AWS_ACCESS_KEY_ID: 'AKIDSECRET',
  AWS_SECRET_ACCESS_KEY: 'SECRET',
};

/** What the stand-in answers next, as AWS writes it. */
let answer: { status: number; body: string } = { status: 200, body: '{}' };
let server: Server;
let aws: AwsClients;
let texts: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response
        .writeHead(answer.status, { 'x-amz-request-id': 'R1', 'x-amzn-requestid': 'R1' })
        .end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      texts.push(chunk.toString().trimEnd());
      done();
    },
  });
  const config = loadConfig({ ...settings, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  aws = makeAwsClients(config, makeLog('api', 'debug', undefined, sink));
});
afterAll(() => {
  aws.destroy();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  texts = [];
  answer = { status: 200, body: '{}' };
});

/** The one line that the call wrote, without what differs from run to run; it must be as the table says. */
async function lineOf(call: () => Promise<unknown>): Promise<unknown> {
  await call().catch(() => undefined);
  expect(texts).toHaveLength(1);
  const line = checkLine(texts[0] ?? '');
  expect(line).not.toBeInstanceOf(Array);
  expect(texts[0]).not.toContain('SECRET');
  const { time, msg, ms, service, ...rest } = { ...line } as Record<string, unknown>;
  expect(service).toBe('api');
  return rest;
}
const well = { level: 'debug', event: 'aws.call', status: 200, attempts: 1, awsRequestId: 'R1' };
const item = { jobId: JOB, ownerId: 'SECRET', fileName: 'SECRET.mp3' };
const entry = { EventBusName: 'audio', Source: 's', DetailType: 'd', Detail: '{"SECRET":1}' };
const xml = (code: string, message = 'no') =>
  `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
const json = (type: string, message = 'no') => JSON.stringify({ __type: `com.amazonaws#${type}`, message });

test.each<[string, () => Promise<unknown>, object, string?]>([
  [
    'an item read: table and key',
    () => aws.dynamo.send(new GetCommand({ TableName: 'jobs-table', Key: { jobId: JOB } })),
    { aws: 'dynamodb', operation: 'GetItem', table: 'jobs-table', item: { jobId: JOB } },
  ],
  [
    'an item written: its id, and nothing else of it',
    () => aws.dynamo.send(new PutCommand({ TableName: 'jobs-table', Item: item })),
    { aws: 'dynamodb', operation: 'PutItem', table: 'jobs-table', item: { jobId: JOB } },
  ],
  [
    'an index asked',
    () =>
      aws.dynamo.send(
        new QueryCommand({
          TableName: 'jobs-table',
          IndexName: 'history',
          KeyConditionExpression: 'ownerId = :o',
          ExpressionAttributeValues: { ':o': 'SECRET' },
        }),
      ),
    { aws: 'dynamodb', operation: 'Query', table: 'jobs-table', index: 'history' },
  ],
  [
    'events: the bus, and how many were refused',
    () => aws.eventBridge.send(new PutEventsCommand({ Entries: [entry, entry] })),
    { aws: 'eventbridge', operation: 'PutEvents', bus: 'audio', events: 2, refusedEntries: 1 },
    '{"FailedEntryCount":1,"Entries":[{"EventId":"1"},{"ErrorCode":"x"}]}',
  ],
  [
    'a message: the queue, not the body',
    () => aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'SECRET' })),
    { aws: 'sqs', operation: 'SendMessage', queue: 'jobs' },
    JSON.stringify({ MessageId: '1', MD5OfMessageBody: createHash('md5').update('SECRET').digest('hex') }),
  ],
  [
    'messages deleted: the queue, and how many were refused',
    () =>
      aws.sqs.send(
        new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: '0', ReceiptHandle: 'SECRET' }] }),
      ),
    { aws: 'sqs', operation: 'DeleteMessageBatch', queue: 'jobs', refusedEntries: 1 },
    '{"Successful":[],"Failed":[{"Id":"0","Code":"InternalError","SenderFault":false}]}',
  ],
  [
    'items read together: the table and their ids',
    () =>
      aws.dynamo.send(
        new BatchGetCommand({
          RequestItems: { 'jobs-table': { Keys: [{ jobId: JOB }, { jobId: 'other' }] } },
        }),
      ),
    { aws: 'dynamodb', operation: 'BatchGetItem', table: 'jobs-table', keys: [JOB, 'other'], keyCount: 2 },
  ],
  [
    'objects deleted: their keys',
    () =>
      aws.s3.send(
        new DeleteObjectsCommand({ Bucket: 'media', Delete: { Objects: [{ Key: 'a' }, { Key: 'b' }] } }),
      ),
    { aws: 's3', operation: 'DeleteObjects', bucket: 'media', keys: ['a', 'b'], keyCount: 2 },
    '<DeleteResult/>',
  ],
  [
    'objects listed: the prefix',
    () => aws.s3.send(new ListObjectsV2Command({ Bucket: 'media', Prefix: 'conversions/x/' })),
    { aws: 's3', operation: 'ListObjectsV2', bucket: 'media', prefix: 'conversions/x/' },
    '<ListBucketResult/>',
  ],
  [
    'a part: key and number',
    () =>
      aws.s3.send(
        new UploadPartCommand({
          Bucket: 'media',
          Key: 'uploads/x',
          UploadId: 'SECRET',
          PartNumber: 3,
          Body: 'x',
        }),
      ),
    { aws: 's3', operation: 'UploadPart', bucket: 'media', key: 'uploads/x', part: 3 },
    '',
  ],
])('%s', async (_, call, facts, body) => {
  answer = { status: 200, body: body ?? '{}' };
  expect(await lineOf(call)).toEqual({ ...well, ...facts });
});

test('a call that fails names table and key too, how often it was tried, and what to do', async () => {
  answer = { status: 400, body: json('ProvisionedThroughputExceededException', 'too fast') };
  const call = () =>
    aws.dynamo.send(
      new UpdateCommand({ TableName: 'uploads-table', Key: { fileId: FILE }, UpdateExpression: 'SET a = b' }),
    );
  expect(await lineOf(call)).toEqual({
    level: 'warn',
    event: 'aws.failed',
    aws: 'dynamodb',
    operation: 'UpdateItem',
    table: 'uploads-table',
    item: { fileId: FILE },
    status: 400,
    attempts: 4,
    awsRequestId: 'R1',
    code: 'ProvisionedThroughputExceededException',
    reason: 'ProvisionedThroughputExceededException: too fast',
    fix: 'The service throttles requests: try again, and raise the quota or the capacity if it continues.',
  });
});

test('a permission that is missing is an error, with the fix', async () => {
  answer = { status: 403, body: xml('AccessDenied', 'Access Denied') };
  const put = new PutObjectCommand({ Bucket: 'media', Key: `uploads/${FILE}`, Body: 'SECRET' });
  expect(await lineOf(() => aws.s3.send(put))).toMatchObject({
    level: 'error',
    event: 'aws.misconfigured',
    operation: 'PutObject',
    key: `uploads/${FILE}`,
    status: 403,
    code: 'AccessDenied',
    fix: expect.stringMatching(
      /^Allow s3:PutObject on arn:aws:s3:::media\/uploads\/\* for these credentials\./,
    ),
  });
});

test('a queue that is not there is an error that names the setting', async () => {
  answer = { status: 400, body: json('QueueDoesNotExist') };
  const line = await lineOf(() => aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })));
  expect(line).toMatchObject({
    level: 'error',
    event: 'aws.misconfigured',
    queue: 'jobs',
    fix: expect.stringContaining('JOBS_QUEUE_URL'),
  });
});

test.each([
  ['a condition that does not hold', 400, json('ConditionalCheckFailedException')],
  ['an object that is not there', 404, xml('NoSuchKey')],
])('%s is what such calls are for, and told at debug', async (_, status, body) => {
  answer = { status, body };
  const call = body.startsWith('<')
    ? () => aws.s3.send(new GetObjectCommand({ Bucket: 'media', Key: 'k' }))
    : () => aws.dynamo.send(new PutCommand({ TableName: 'jobs-table', Item: item }));
  expect(await lineOf(call)).toMatchObject({ level: 'debug', event: 'aws.declined', status });
});

test('nobody there: the network’s own code, and where to look', async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const call = () => aws.s3.send(new GetObjectCommand({ Bucket: 'media', Key: 'k' }));
  expect(await lineOf(call)).toMatchObject({
    level: 'warn',
    event: 'aws.failed',
    bucket: 'media',
    key: 'k',
    reason: expect.stringContaining('ECONNREFUSED'),
    fix: expect.stringContaining('Nothing listens at http://127.0.0.1:'),
  });
});
