/**
 * What a call to AWS was about, from its input: names and ids. Bodies, attributes and signed URLs never appear, and of
 * a stored item its id alone.
 */
import { z } from 'zod';
import type { Subject } from '../trouble/subject.ts';
import { iamActionsOf } from './iam-actions.ts';
import { queueArnOf, queueNameOf } from './queue-arn.ts';

/** The services, as lines name them. */
export type AwsService = 's3' | 'sqs' | 'dynamodb' | 'eventbridge';

/** What identifies an item in our tables. */
const ids = z.object({ jobId: z.string(), fileId: z.string() }).partial();

const inputSchema = z
  .object({
    Bucket: z.string(),
    /** S3: a text. DynamoDB: a record. */
    Key: z.union([z.string(), ids]),
    Item: ids,
    Prefix: z.string(),
    PartNumber: z.number(),
    Delete: z.object({ Objects: z.array(z.object({ Key: z.string() })) }),
    TableName: z.string(),
    IndexName: z.string(),
    /** BatchGetItem, of one table as we ask. */
    RequestItems: z.record(z.string(), z.object({ Keys: z.array(ids) })),
    QueueUrl: z.string(),
    Entries: z.array(z.object({ EventBusName: z.string() })),
    /** DescribeEventBus. */
    Name: z.string(),
  })
  .partial();
type Input = z.infer<typeof inputSchema>;

/** Enough of many keys to find the others by. */
const KEYS_SHOWN = 20;

/** The fields of a line about the call; see `log/rows/aws.ts`. */
export function callFacts(input: unknown) {
  // Field by field: one that is not as expected must not cost the others.
  const known = readable(input);
  const { Bucket, Key, Item, Prefix, PartNumber, IndexName, QueueUrl, Entries } = known;
  const keys = known.Delete?.Objects.map((object) => object.Key) ?? batchOf(known)?.ids;
  return {
    bucket: Bucket,
    key: typeof Key === 'string' ? Key : undefined,
    keys: keys?.slice(0, KEYS_SHOWN),
    keyCount: keys?.length,
    prefix: Prefix,
    part: PartNumber,
    table: tableOf(known),
    index: IndexName,
    item: typeof Key === 'object' ? Key : Item,
    queue: QueueUrl === undefined ? undefined : queueNameOf(QueueUrl),
    bus: Entries?.[0]?.EventBusName ?? known.Name,
    events: Entries?.length,
  };
}

/**
 * The action and the resource as a policy would name them, and the setting that the name comes from.
 * @param command e.g. `PutObjectCommand`.
 */
export function subjectOf(
  settings: Readonly<Record<string, unknown>>,
  command: string,
  input: unknown,
): Subject | undefined {
  const action = iamActionsOf(command)?.[0];
  const region = String(settings.AWS_REGION);
  const named = resourceOf(readable(input), action, region);
  if (action === undefined || named === undefined) return undefined;
  const setting = Object.entries(settings).find(([, value]) => value === named.name)?.[0] ?? 'its name';
  return { action, setting, ...named };
}

/** The table of a batch, and the ids of its items. */
function batchOf({ RequestItems = {} }: Input): { table: string; ids: string[] } | undefined {
  const [batch] = Object.entries(RequestItems);
  if (batch === undefined) return undefined;
  const [table, { Keys }] = batch;
  return { table, ids: Keys.flatMap(({ jobId, fileId }) => jobId ?? fileId ?? []) };
}

const tableOf = (input: Input) => input.TableName ?? batchOf(input)?.table;

function resourceOf(
  input: Input,
  action: string | undefined,
  region: string,
): Pick<Subject, 'resource' | 'name'> | undefined {
  const { Bucket, Key, IndexName, QueueUrl, Entries, Name } = input;
  if (Bucket !== undefined) {
    const isAboutBucket = action === 's3:ListBucket' || action === 's3:ListBucketMultipartUploads';
    // By prefix, as policies do: one object's permission would not help the next.
    const prefix = typeof Key === 'string' ? `${Key.split('/')[0]}/` : '';
    return { resource: `arn:aws:s3:::${Bucket}${isAboutBucket ? '' : `/${prefix}*`}`, name: Bucket };
  }
  const table = tableOf(input);
  if (table !== undefined) {
    const index = IndexName === undefined ? '' : `/index/${IndexName}`;
    return { resource: `arn:aws:dynamodb:${region}:*:table/${table}${index}`, name: table };
  }
  if (QueueUrl !== undefined) return { resource: queueArnOf(QueueUrl, region), name: QueueUrl };
  const bus = Entries?.[0]?.EventBusName ?? Name;
  return bus === undefined
    ? undefined
    : { resource: `arn:aws:events:${region}:*:event-bus/${bus}`, name: bus };
}

function readable(input: unknown): Input {
  if (typeof input !== 'object' || input === null) return {};
  const { shape } = inputSchema;
  const known = Object.entries(shape).flatMap(([field, schema]) => {
    const value = schema.safeParse(Reflect.get(input, field));
    return value.success && value.data !== undefined ? [[field, value.data]] : [];
  });
  return inputSchema.parse(Object.fromEntries(known));
}
