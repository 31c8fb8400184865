/** The bucket: private, open to the page's presigned requests, emptied by age, telling the drops queue. */
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  type Event,
  HeadBucketCommand,
  type LifecycleRule,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { resources } from '@wavefleet/contracts/resources.ts';
import { isNamed } from './clients.ts';
import type { QueueName } from './names.ts';
import { tolerate } from './optional.ts';
import type { Queues } from './queues.ts';

/** The region whose name CreateBucket does not take. */
const UNNAMED_REGION = 'us-east-1';

export interface BucketSettings {
  readonly bucket: string;
  readonly region: string;
  /** Origins whose pages upload and download by presigned URL. None: see {@link openToPages}. */
  readonly origins: readonly string[];
}

/** The notification comes later (`provisionNotifications`): the queue must first allow S3 to send. */
export async function provisionBucket(
  s3: S3Client,
  settings: BucketSettings,
  notes: string[],
): Promise<void> {
  const { bucket: Bucket, region, origins } = settings;
  if (!(await exists(s3, Bucket))) {
    // The SDK's type lists the regions of its day; AWS knows more.
    const LocationConstraint = region as BucketLocationConstraint;
    const elsewhere = region === UNNAMED_REGION ? {} : { CreateBucketConfiguration: { LocationConstraint } };
    await s3.send(new CreateBucketCommand({ Bucket, ...elsewhere }));
  }
  await tolerate(notes, 'Block public access', () =>
    s3.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
      }),
    ),
  );
  if (origins.length > 0) await openToPages(s3, Bucket, origins);
  await tolerate(notes, 'Lifecycle', () =>
    s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: { Rules: lifecycleRules() },
      }),
    ),
  );
}

/** Lets pages of these origins, and no others, use presigned URLs. */
export async function openToPages(s3: S3Client, Bucket: string, origins: readonly string[]): Promise<void> {
  const rule = {
    AllowedOrigins: [...origins],
    AllowedMethods: ['GET', 'HEAD', 'PUT'],
    AllowedHeaders: ['*'],
    // A part's ETag is what completes a multipart upload.
    ExposeHeaders: ['ETag', 'Content-Length', 'Content-Range', 'Accept-Ranges'],
    MaxAgeSeconds: 3600,
  };
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
}

export async function provisionNotifications(s3: S3Client, Bucket: string, queues: Queues): Promise<void> {
  const rules = resources.bucket.notifications.map(({ prefix, queue, events }) => ({
    Id: `${queue}-${prefix.replaceAll('/', '')}`,
    QueueArn: queues[queue as QueueName].arn,
    Events: events as Event[],
    Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: prefix }] } },
  }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { QueueConfigurations: rules },
    }),
  );
}

function lifecycleRules(): LifecycleRule[] {
  const { lifecycle, abortIncompleteMultipartDays } = resources.bucket;
  const byAge = lifecycle.map(
    ({ prefix, expireDays, toInfrequentAccessDays }): LifecycleRule => ({
      ID: `expire-${prefix.replaceAll('/', '')}`,
      Status: 'Enabled',
      Filter: { Prefix: prefix },
      Expiration: { Days: expireDays },
      ...(toInfrequentAccessDays === undefined
        ? {}
        : { Transitions: [{ Days: toInfrequentAccessDays, StorageClass: 'STANDARD_IA' as const }] }),
    }),
  );
  const abandoned: LifecycleRule = {
    ID: 'abort-incomplete-multipart',
    Status: 'Enabled',
    Filter: { Prefix: '' },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortIncompleteMultipartDays },
  };
  return [...byAge, abandoned];
}

/** Asked first, since creating again is a success, an error or another error depending on region and emulator. */
async function exists(s3: S3Client, Bucket: string): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket }));
    return true;
  } catch (error) {
    if (isNamed(error, 'NotFound', 'NoSuchBucket')) return false;
    throw error;
  }
}
