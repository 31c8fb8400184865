/** The doctor's report on a fleet that is well, and on each thing that can be broken. */
import {
  CreateTableCommand,
  DeleteTableCommand,
  ScanCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { DeleteRuleCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteBucketLifecycleCommand,
  DeletePublicAccessBlockCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { resourceNames } from '@wavefleet/localstack/provision/names.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provisioned, type Services, startServices } from '../bring-up/services.ts';
import { type Env, redisCommand, reportOf } from './report-of.ts';

let services: Services;
beforeAll(async () => {
  services = await startServices();
});
afterAll(() => services.stop());

const ORIGIN = 'https://audio.example';
/** A table is made, and gone, a moment after the answer. */
const soon = () => ({ client: services.clients.dynamo, maxWaitTime: 20, minDelay: 0.05, maxDelay: 1 });
const dlqArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

test('a provisioned stack is well, messages stay untouched, and nothing is left behind', async () => {
  const env = await provisioned(services, resourceNames('-well'));
  const { sqs, s3, dynamo } = services.clients;
  await sqs.send(new SendMessageCommand({ QueueUrl: env.JOBS_QUEUE_URL, MessageBody: 'waiting' }));

  const { isWell, bad, summary, lines } = await reportOf(env, ORIGIN);
  expect(bad).toEqual([]);
  expect(summary).toBe('connectivity: 44 ok, 0 warnings, 0 failed');
  expect(isWell).toBe(true);
  expect(lines).toContain(`ok S3 ${env.S3_BUCKET}: CORS for ${ORIGIN}`);

  expect((await s3.send(new ListObjectsV2Command({ Bucket: env.S3_BUCKET }))).Contents ?? []).toEqual([]);
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket: env.S3_BUCKET }))).Uploads ?? []).toEqual(
    [],
  );
  for (const TableName of [env.JOBS_TABLE, env.PROGRESS_TABLE, env.UPLOADS_TABLE, env.ACCOUNTS_TABLE]) {
    expect((await dynamo.send(new ScanCommand({ TableName }))).Count).toBe(0);
  }
  expect(await redisCommand(services.redisUrl, 'DBSIZE')).toBe(0);
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: env.JOBS_QUEUE_URL,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      MaxNumberOfMessages: 10,
    }),
  );
  expect(Messages.map(({ Body, Attributes }) => [Body, Attributes?.ApproximateReceiveCount])).toEqual([
    ['waiting', '1'],
  ]);
  for (const QueueUrl of [env.JOBS_DLQ_URL, env.DROPS_DLQ_URL, env.EVENTS_QUEUE_URL]) {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe('0');
  }
});

interface Broken {
  readonly name: string;
  readonly breakIt: (env: Env) => Promise<unknown> | Env;
  readonly said: (env: Env) => string[];
  readonly summary: string;
}

/** What one broken thing makes of the summary. */
const FAILED = 'connectivity: 43 ok, 0 warnings, 1 failed';
const WARNED = 'connectivity: 43 ok, 1 warning, 0 failed';
const TERRAFORM = 'Set it again: terraform apply, or npm run provision.';

const broken: Broken[] = [
  {
    name: 'the bucket tells nobody about drops',
    breakIt: ({ S3_BUCKET: Bucket }) =>
      services.clients.s3.send(
        new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }),
      ),
    said: ({ S3_BUCKET }) => [
      `FAIL S3 ${S3_BUCKET}: tells the drops queue about drops/`,
      '      nobody is told: files dropped there start no job',
      `      fix: ${TERRAFORM}`,
    ],
    summary: FAILED,
  },
  {
    name: 'the bucket tells another queue about drops',
    breakIt: ({ JOBS_QUEUE_URL = '', JOBS_DLQ_URL = '' }) => ({
      DROPS_QUEUE_URL: JOBS_QUEUE_URL,
      DROPS_DLQ_URL: JOBS_DLQ_URL,
    }),
    said: ({ S3_BUCKET }) => [
      `FAIL S3 ${S3_BUCKET}: tells the drops queue about drops/`,
      `      ${dlqArn('wavefleet-drops-b1')} is told, not ${dlqArn('wavefleet-jobs-b1')}`,
      "      fix: Correct DROPS_QUEUE_URL, or set the bucket's notification again (terraform apply, or npm run provision).",
      'warn SQS wavefleet-jobs-b1: dead letters, visibility',
      "      the queue's policy does not name s3.amazonaws.com: drops may not arrive",
      '      fix: Set the queue up again: terraform apply, or npm run provision.',
    ],
    summary: 'connectivity: 42 ok, 1 warning, 1 failed',
  },
  {
    name: 'CORS is for another page',
    breakIt: ({ S3_BUCKET: Bucket }) =>
      services.clients.s3.send(
        new PutBucketCorsCommand({
          Bucket,
          CORSConfiguration: {
            CORSRules: [{ AllowedOrigins: ['https://other.example'], AllowedMethods: ['GET', 'PUT'] }],
          },
        }),
      ),
    said: ({ S3_BUCKET }) => [
      `FAIL S3 ${S3_BUCKET}: CORS for ${ORIGIN}`,
      `      S3 refuses PUT from ${ORIGIN} (preflight answered 403)`,
      `      fix: Add ${ORIGIN} to the bucket's CORS rule, with GET, HEAD and PUT allowed and ETag exposed. An origin is scheme, host and port, without a path.`,
    ],
    summary: FAILED,
  },
  {
    name: 'public access is not blocked',
    breakIt: ({ S3_BUCKET: Bucket }) =>
      services.clients.s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
    said: ({ S3_BUCKET }) => [
      `warn S3 ${S3_BUCKET}: public access is blocked`,
      "      not on: BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets (the account's own block may still hold)",
      `      fix: ${TERRAFORM}`,
    ],
    summary: WARNED,
  },
  {
    name: 'no lifecycle',
    breakIt: ({ S3_BUCKET: Bucket }) =>
      services.clients.s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
    said: ({ S3_BUCKET }) => [
      `warn S3 ${S3_BUCKET}: lifecycle`,
      '      parts of abandoned uploads are kept, and paid, for ever',
      `      fix: ${TERRAFORM}`,
      '      objects never expire in uploads/, drops/, conversions/, results/',
      `      fix: ${TERRAFORM}`,
    ],
    summary: WARNED,
  },
  {
    name: 'the bucket is missing',
    breakIt: () => ({ S3_BUCKET: 'wavefleet-nowhere' }),
    said: () => [
      'FAIL S3 wavefleet-nowhere: is there, can be listed',
      '      NoSuchBucket: The specified bucket does not exist: wavefleet-nowhere',
      `      fix: Create it (AWS_ENDPOINT_URL=${services.url} npm run provision) or correct S3_BUCKET.`,
    ],
    summary: 'connectivity: 34 ok, 0 warnings, 1 failed, 9 not run',
  },
  {
    name: 'a table is missing',
    breakIt: async ({ UPLOADS_TABLE: TableName }) => {
      await services.clients.dynamo.send(new DeleteTableCommand({ TableName }));
      await waitUntilTableNotExists(soon(), { TableName });
    },
    said: ({ UPLOADS_TABLE }) => [
      `FAIL DynamoDB ${UPLOADS_TABLE}: active, keys and indexes`,
      `      ResourceNotFoundException: Requested resource not found: Table: ${UPLOADS_TABLE} not found`,
      `      fix: Create it (AWS_ENDPOINT_URL=${services.url} npm run provision) or correct UPLOADS_TABLE or AWS_REGION (now us-east-1).`,
    ],
    summary: 'connectivity: 41 ok, 0 warnings, 1 failed, 2 not run',
  },
  {
    name: 'a table has another key and no indexes',
    breakIt: async (env) => {
      const TableName = `${env.JOBS_TABLE}-other`;
      await services.clients.dynamo.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      );
      await waitUntilTableExists(soon(), { TableName });
      return { JOBS_TABLE: TableName };
    },
    said: ({ JOBS_TABLE }) => [
      `FAIL DynamoDB ${JOBS_TABLE}: active, keys and indexes`,
      '      its key is (id S), expected (jobId S)',
      '      fix: A key cannot be changed: create the table again (terraform apply, or npm run provision under another name).',
      '      the index history (ownerId S, createdAt S) is missing',
      '      fix: Add it: terraform apply.',
      '      the index due (dueShard N, dueAt N) is missing',
      '      fix: Add it: terraform apply.',
    ],
    summary: 'connectivity: 41 ok, 0 warnings, 1 failed, 2 not run',
  },
  {
    name: 'time to live is off',
    breakIt: ({ PROGRESS_TABLE: TableName }) =>
      services.clients.dynamo.send(
        new UpdateTimeToLiveCommand({
          TableName,
          TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: false },
        }),
      ),
    said: ({ PROGRESS_TABLE }) => [
      `FAIL DynamoDB ${PROGRESS_TABLE}: time to live`,
      '      off: records are kept, and paid, for ever',
      '      fix: Switch it on for the attribute ttl: terraform apply, or npm run provision.',
    ],
    summary: FAILED,
  },
  {
    name: 'time to live looks at another attribute',
    breakIt: async ({ UPLOADS_TABLE: TableName }) => {
      for (const [AttributeName, Enabled] of [
        ['ttl', false],
        ['expires', true],
      ] as const) {
        await services.clients.dynamo.send(
          new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName, Enabled } }),
        );
      }
    },
    said: ({ UPLOADS_TABLE }) => [
      `FAIL DynamoDB ${UPLOADS_TABLE}: time to live`,
      '      on for expires, expected ttl',
      '      fix: Switch it on for the attribute ttl: terraform apply, or npm run provision.',
    ],
    summary: FAILED,
  },
  {
    name: 'dead letters go elsewhere, after few receives',
    breakIt: ({ JOBS_QUEUE_URL: QueueUrl }) =>
      services.clients.sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl,
          Attributes: {
            RedrivePolicy: JSON.stringify({
              deadLetterTargetArn: dlqArn('wavefleet-drops-dlq-b10'),
              maxReceiveCount: 3,
            }),
          },
        }),
      ),
    said: () => [
      'FAIL SQS wavefleet-jobs-b10: dead letters, visibility',
      `      dead letters go to ${dlqArn('wavefleet-drops-dlq-b10')}, expected ${dlqArn('wavefleet-jobs-dlq-b10')}`,
      "      fix: Correct JOBS_DLQ_URL, or set the queue's redrive policy again (terraform apply, or npm run provision).",
      '      maxReceiveCount is 3: a few deploys would dead-letter a healthy message',
      "      fix: Raise it to 5 or more; real crashes are counted on the job's record.",
    ],
    summary: FAILED,
  },
  {
    name: 'visibility and retention do not agree',
    breakIt: async ({ JOBS_DLQ_URL: QueueUrl }) => {
      await services.clients.sqs.send(
        new SetQueueAttributesCommand({ QueueUrl, Attributes: { MessageRetentionPeriod: '60' } }),
      );
      return { VISIBILITY_TIMEOUT_MS: '90000' };
    },
    said: () => [
      ...['jobs', 'drops'].flatMap((name) => [
        `warn SQS wavefleet-${name}-b11: dead letters, visibility`,
        '      the queue hides messages for 60000 ms, VISIBILITY_TIMEOUT_MS is 90000',
        "      fix: Make them agree. Workers set their own timeout when they receive, so the queue's only affects other readers.",
      ]),
      'warn SQS wavefleet-jobs-dlq-b11: send, retention',
      '      it keeps messages for 60 s, its queue for 345600 s: dead letters age from their first sending and may be gone at once',
      '      fix: Give the dead-letter queue 14 days (1209600 s).',
    ],
    summary: 'connectivity: 41 ok, 3 warnings, 0 failed',
  },
  {
    name: 'nobody listens to the bus',
    breakIt: async ({ EVENT_BUS: EventBusName }) => {
      const Rule = 'wavefleet-job-outcomes';
      await services.clients.events.send(new RemoveTargetsCommand({ EventBusName, Rule, Ids: ['events'] }));
    },
    said: ({ EVENT_BUS }) => [
      `warn EventBridge ${EVENT_BUS}: rules for outcomes`,
      '      the rule wavefleet-job-outcomes has no target: nobody is told of finished jobs',
      `      fix: ${TERRAFORM}`,
    ],
    summary: WARNED,
  },
  {
    name: 'the rule is gone',
    breakIt: async ({ EVENT_BUS: EventBusName }) => {
      const Rule = 'wavefleet-job-outcomes';
      await services.clients.events.send(new RemoveTargetsCommand({ EventBusName, Rule, Ids: ['events'] }));
      await services.clients.events.send(new DeleteRuleCommand({ EventBusName, Name: Rule }));
    },
    said: ({ EVENT_BUS }) => [
      `warn EventBridge ${EVENT_BUS}: rules for outcomes`,
      '      no rule matches Job Completed, Job Failed, Job Cancelled (wavefleet-job-outcomes): nobody is told of finished jobs',
      `      fix: ${TERRAFORM}`,
    ],
    summary: WARNED,
  },
  {
    name: 'the bus is missing',
    breakIt: () => ({ EVENT_BUS: 'nowhere' }),
    said: () => [
      'FAIL EventBridge nowhere: is there',
      '      ResourceNotFoundException: Event bus nowhere does not exist.',
      `      fix: Create it (AWS_ENDPOINT_URL=${services.url} npm run provision) or correct EVENT_BUS or AWS_REGION (now us-east-1).`,
    ],
    summary: 'connectivity: 41 ok, 0 warnings, 1 failed, 2 not run',
  },
  {
    name: 'a queue is missing',
    breakIt: ({ JOBS_QUEUE_URL = '' }) => ({ JOBS_QUEUE_URL: `${JOBS_QUEUE_URL}-gone` }),
    said: ({ JOBS_QUEUE_URL = '' }) => [
      `FAIL SQS ${JOBS_QUEUE_URL.split('/').at(-1)}: dead letters, visibility`,
      '      QueueDoesNotExist: The specified queue does not exist.',
      `      fix: Create it (AWS_ENDPOINT_URL=${services.url} npm run provision) or correct JOBS_QUEUE_URL.`,
    ],
    summary: 'connectivity: 42 ok, 0 warnings, 1 failed, 1 not run',
  },
  {
    name: 'nobody listens where AWS should be',
    breakIt: () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
    said: () => [
      'FAIL AWS endpoint http://127.0.0.1:1: answers',
      '      ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1',
      '      fix: Nothing listens at http://127.0.0.1:1: start it (npm start, or npm run dev:services), or correct AWS_ENDPOINT_URL.',
    ],
    summary: 'connectivity: 5 ok, 0 warnings, 1 failed, 37 not run',
  },
];

test.each(broken.map((one, index) => ({ ...one, suffix: `-b${index}` })))(
  '$name',
  async ({ breakIt, said, summary, suffix }) => {
    const env = await provisioned(services, resourceNames(suffix));
    const changed = await breakIt(env);
    const settings = { ...env, ...changesOf(changed) };
    const report = await reportOf(settings, ORIGIN);
    expect(report.bad).toEqual(said(settings));
    expect(report.summary).toBe(summary);
    expect(report.isWell).toBe(!summary.match(/[1-9]\d* failed/));
  },
);

/** Settings, when the break is one of them; SDK answers are none. */
function changesOf(changed: unknown): Env {
  if (typeof changed !== 'object' || changed === null || '$metadata' in changed) return {};
  return Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, String(value)]));
}
