/** Notifications of created objects, in every wrapping that they come in. */
import { expect, test } from 'vitest';
import { readNotification } from './s3-event.ts';

const nothing = { created: [], unreadable: [] };
const etag = 'd41d8cd98f00b204e9800998ecf8427e';
const record = (object: object = {}, more: object = {}) => ({
  eventSource: 'aws:s3',
  eventTime: '2026-11-01T10:00:00.000Z',
  eventName: 'ObjectCreated:Put',
  s3: {
    bucket: { name: 'audio' },
    object: { key: 'drops/flac/a+b%2B%C3%BC.wav', size: 3, eTag: etag, sequencer: '0A1B', ...object },
  },
  ...more,
});
const found = {
  bucket: 'audio',
  key: 'drops/flac/a b+ü.wav',
  sizeBytes: 3,
  etag: `"${etag}"`,
  version: etag,
  sequencer: '0A1B',
  eventTime: '2026-11-01T10:00:00.000Z',
};
const event = {
  version: '0',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  time: '2026-11-01T10:00:00Z',
  detail: {
    version: '0',
    bucket: { name: 'audio' },
    // EventBridge has the key as it is.
    object: { key: 'drops/flac/a b+ü.wav', size: 3, etag, 'version-id': 'v1', sequencer: '0A1B' },
    reason: 'PutObject',
  },
};
const sns = (message: unknown) => ({
  Type: 'Notification',
  TopicArn: 'arn',
  Message: JSON.stringify(message),
});

test.each<[string, unknown, object]>([
  ['as S3 writes it', { Records: [record()] }, found],
  ['with a version', { Records: [record({ versionId: 'v1' })] }, { ...found, version: 'v1' }],
  ['without a sequencer', { Records: [record({ sequencer: undefined })] }, { ...found, sequencer: '' }],
  [
    'as MinIO writes it',
    {
      EventName: 's3:ObjectCreated:Put',
      Key: 'audio/drops/flac/a b+ü.wav',
      Records: [
        record(
          { key: 'drops%2Fflac%2Fa+b%2B%C3%BC.wav' },
          { eventName: 's3:ObjectCreated:Put', eventSource: 'minio:s3' },
        ),
      ],
    },
    found,
  ],
  ['with a quoted ETag', { Records: [record({ eTag: `"${etag}"` })] }, found],
  [
    'without size and ETag',
    { Records: [record({ size: undefined, eTag: null })] },
    { ...found, sizeBytes: undefined, etag: undefined, version: '' },
  ],
  ['from EventBridge', event, { ...found, version: 'v1', eventTime: '2026-11-01T10:00:00Z' }],
  ['from S3 through SNS', sns({ Records: [record()] }), found],
  [
    'from EventBridge through SNS',
    sns(event),
    { ...found, version: 'v1', eventTime: '2026-11-01T10:00:00Z' },
  ],
])('%s', (_, body, object) => {
  expect(readNotification(body)).toEqual({ created: [object], unreadable: [] });
});

test.each<[string, unknown]>([
  ['a test event', { Service: 'Amazon S3', Event: 's3:TestEvent' }],
  ['a test event through SNS', sns({ Service: 'Amazon S3', Event: 's3:TestEvent' })],
  ['a removed object', { Records: [record({}, { eventName: 'ObjectRemoved:Delete' })] }],
  ['a removed object as EventBridge tells it', { ...event, 'detail-type': 'Object Deleted' }],
  ['no records at all', { Records: [] }],
])('%s is read, and tells of no new object', (_, body) => {
  expect(readNotification(body)).toEqual(nothing);
});

test.each<[string, unknown, string]>([
  ['no JSON', undefined, 'not a notification of S3'],
  ['a text', 'hello', 'not a notification of S3'],
  [
    "SNS's request to confirm",
    { Type: 'SubscriptionConfirmation', Message: 'x' },
    'not a notification of S3',
  ],
  ['a text through SNS', sns('hello'), 'not a notification of S3'],
  ['an event of another source', { ...event, source: 'aws.ec2' }, 'not a notification of S3'],
  ['a record of another service', { Records: [{ eventSource: 'aws:ses' }] }, 'record 1: not a record of S3'],
  [
    'a percent sign that escapes nothing',
    { Records: [record({ key: 'drops/flac/100%.wav' })] },
    'record 1: the key is not UTF-8 that is encoded as in a form',
  ],
  [
    'escapes that are no UTF-8',
    { Records: [record({ key: 'drops/flac/%FF.wav' })] },
    'record 1: the key is not UTF-8 that is encoded as in a form',
  ],
])('%s is unreadable, with a reason', (_, body, reason) => {
  expect(readNotification(body)).toEqual({ created: [], unreadable: [reason] });
});

test('one unreadable record hides no other', () => {
  expect(readNotification({ Records: [record(), 7, record({ key: 'drops/flac/%.wav' }), record()] })).toEqual(
    {
      created: [found, found],
      unreadable: [
        'record 2: not a record of S3',
        'record 3: the key is not UTF-8 that is encoded as in a form',
      ],
    },
  );
});
