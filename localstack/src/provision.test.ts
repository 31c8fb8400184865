/** Provisioning twice, and that what was made works together. */
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetBucketLifecycleConfigurationCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { dropResultKey } from '@wavefleet/contracts/keys.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedServices, receiveBodies } from './embedded/services.testing.ts';
import { resourceNames } from './provision/names.ts';
import { provision } from './provision.ts';

let stack: EmbeddedServices;
beforeAll(async () => {
  stack = await EmbeddedServices.start();
});
afterAll(() => stack.stop());

const make = (suffix: string, more = {}) =>
  provision({
    ...{ endpointUrl: stack.url, region: 'us-east-1', credentials: stack.keys },
    names: resourceNames(suffix),
    ...more,
  });
const put = (Bucket: string, Key: string, Body = 'abc') =>
  stack.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body }));

test('twice gives the same, with nothing left out; another suffix gives another set', async () => {
  const first = await make('-a', { visibilitySeconds: 4 });
  expect(first.notes).toEqual([]);
  expect(await make('-a', { visibilitySeconds: 4 })).toEqual(first);
  const other = await make('-b');
  expect(other.settings.S3_BUCKET).not.toBe(first.settings.S3_BUCKET);

  const { settings } = first;
  const { Attributes = {} } = await stack.clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: settings.JOBS_QUEUE_URL, AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({ VisibilityTimeout: '4', MessageRetentionPeriod: '345600' });
  expect(JSON.parse(Attributes.RedrivePolicy ?? '{}')).toEqual({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:wavefleet-jobs-dlq-a',
    maxReceiveCount: 1000,
  });
  const { Rules = [] } = await stack.clients.s3.send(
    new GetBucketLifecycleConfigurationCommand({ Bucket: settings.S3_BUCKET }),
  );
  expect(Rules.find(({ Filter }) => Filter?.Prefix === 'conversions/')?.Expiration?.Days).toBe(30);
});

test('a drop becomes an event in the drops queue, after the test event; other keys do not', async () => {
  const { settings } = await make('-drops');
  await put(settings.S3_BUCKET, 'uploads/ignored');
  await put(settings.S3_BUCKET, 'drops/mp3/a b+ü (1).wav');
  const [test, ...events] = await receiveBodies(stack.clients.sqs, settings.DROPS_QUEUE_URL);
  expect(test).toMatchObject({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: settings.S3_BUCKET });
  expect(events).toMatchObject([
    {
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          eventName: 'ObjectCreated:Put',
          s3: {
            bucket: { name: settings.S3_BUCKET, arn: `arn:aws:s3:::${settings.S3_BUCKET}` },
            object: {
              key: 'drops/mp3/a+b%2B%C3%BC+%281%29.wav',
              size: 3,
              eTag: '900150983cd24fb0d6963f7d28e17f72',
              sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
            },
          },
        },
      ],
    },
  ]);
});

test('after a restart drops without a result are told again, exactly as before', async () => {
  const { settings } = await make('-replay');
  for (const key of ['drops/mp3/open.wav', 'drops/mp3/done.wav']) await put(settings.S3_BUCKET, key);
  await put(settings.S3_BUCKET, dropResultKey('drops/mp3/done.wav'));
  // The file that its result tells of was replaced.
  await put(settings.S3_BUCKET, 'drops/mp3/replaced.wav');
  await put(settings.S3_BUCKET, dropResultKey('drops/mp3/replaced.wav'), '{"sequencer":"0A"}');
  const [, before] = await receiveBodies(stack.clients.sqs, settings.DROPS_QUEUE_URL);
  await stack.restart();
  // Arrives before its queue is there again.
  await put(settings.S3_BUCKET, 'drops/mp3/early.wav');

  const again = await make('-replay');
  const told = await receiveBodies(stack.clients.sqs, again.settings.DROPS_QUEUE_URL);
  expect(told).toHaveLength(4);
  expect(told[0]).toMatchObject({ Event: 's3:TestEvent' });
  expect(told).toContainEqual(before);
  await make('-replay');
  expect(await receiveBodies(stack.clients.sqs, again.settings.DROPS_QUEUE_URL)).toHaveLength(1);
});

test('outcomes reach the events queue in an envelope, other events do not', async () => {
  const { settings } = await make('-events');
  const entry = {
    Source: 'wavefleet',
    EventBusName: settings.EVENT_BUS,
    Detail: JSON.stringify({ jobId: 'j' }),
  };
  const answer = await stack.clients.events.send(
    new PutEventsCommand({
      Entries: [
        { ...entry, DetailType: 'Job Completed' },
        { ...entry, DetailType: 'Something else' },
        { ...entry, DetailType: 'Job Failed', Detail: 'not json' },
      ],
    }),
  );
  expect(answer.FailedEntryCount).toBe(1);
  expect(answer.Entries?.[2]).toMatchObject({ ErrorCode: 'MalformedDetail' });
  const bodies = await receiveBodies(stack.clients.sqs, settings.EVENTS_QUEUE_URL);
  expect(bodies).toEqual([
    {
      version: '0',
      id: answer.Entries?.[0]?.EventId,
      'detail-type': 'Job Completed',
      source: 'wavefleet',
      account: '000000000000',
      time: expect.any(String),
      region: 'us-east-1',
      resources: [],
      detail: { jobId: 'j' },
    },
  ]);
});
