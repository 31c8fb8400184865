/**
 * Everything in `contracts/src/resources.json`, made through the SDK: on the embedded stack, LocalStack, MiniStack or
 * AWS. Running it again changes nothing. `node localstack/src/provision.ts` prints the settings as KEY=VALUE.
 */
import { provisionBucket, provisionNotifications } from './provision/bucket.ts';
import { makeClients, type Target } from './provision/clients.ts';
import { provisionEvents } from './provision/events.ts';
import { type ResourceNames, resourceNames } from './provision/names.ts';
import { allowSending, provisionQueues } from './provision/queues.ts';
import { provisionTables } from './provision/tables.ts';

/** Settings under the names that api and worker read from their environment. */
interface Settings extends Record<string, string> {
  AWS_REGION: string;
  S3_BUCKET: string;
  JOBS_TABLE: string;
  PROGRESS_TABLE: string;
  UPLOADS_TABLE: string;
  ACCOUNTS_TABLE: string;
  JOBS_QUEUE_URL: string;
  JOBS_DLQ_URL: string;
  DROPS_QUEUE_URL: string;
  DROPS_DLQ_URL: string;
  EVENTS_QUEUE_URL: string;
  EVENT_BUS: string;
}

export interface Provisioned {
  /** With AWS_ENDPOINT_URL when one was given. */
  readonly settings: Settings;
  /** What the endpoint does not know and was left out. Empty on AWS. */
  readonly notes: string[];
}

export interface ProvisionOptions extends Target {
  /** Default: the names in resources.json. `resourceNames('-t1')` makes a set of its own; AWS wants an own bucket name. */
  readonly names?: ResourceNames;
  /** Instead of the queues' own: tests want a lost message back soon. */
  readonly visibilitySeconds?: number;
  /** Origins whose pages may use presigned URLs. Default: any, since a URL's signature is what lets in. Empty: as it is. */
  readonly origins?: readonly string[];
}

/** @throws the SDK's error when anything is refused for another reason than being unknown to an emulator. */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const { endpointUrl, region, names = resourceNames(), visibilitySeconds, origins = ['*'] } = options;
  const { bucket, tables, bus } = names;
  const notes: string[] = [];
  const clients = makeClients(options);
  try {
    const [queues] = await Promise.all([
      provisionQueues(clients.sqs, names, visibilitySeconds),
      provisionTables(clients.dynamo, names, notes),
      provisionBucket(clients.s3, { bucket, region, origins }, notes),
    ]);
    await allowSending(clients.sqs, queues.drops, 's3.amazonaws.com', `arn:aws:s3:::${bucket}`);
    await provisionNotifications(clients.s3, bucket, queues);
    await provisionEvents(clients.events, clients.sqs, bus, queues);
    const settings: Settings = {
      ...(endpointUrl === undefined ? {} : { AWS_ENDPOINT_URL: endpointUrl }),
      AWS_REGION: region,
      S3_BUCKET: bucket,
      JOBS_TABLE: tables.jobs,
      PROGRESS_TABLE: tables.progress,
      UPLOADS_TABLE: tables.uploads,
      ACCOUNTS_TABLE: tables.accounts,
      WEBHOOKS_TABLE: tables.webhooks,
      JOBS_QUEUE_URL: queues.jobs.url,
      JOBS_DLQ_URL: queues.jobs.deadLetterUrl,
      DROPS_QUEUE_URL: queues.drops.url,
      DROPS_DLQ_URL: queues.drops.deadLetterUrl,
      EVENTS_QUEUE_URL: queues.events.url,
      NOTICES_QUEUE_URL: queues.notices.url,
      NOTICES_DLQ_URL: queues.notices.deadLetterUrl,
      EVENT_BUS: bus,
    };
    return { settings, notes };
  } finally {
    clients.destroy();
  }
}

if (import.meta.main) {
  const env = process.env;
  const { AWS_ENDPOINT_URL, AWS_REGION = 'us-east-1', AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = env;
  const keys =
    AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined
      ? undefined
      : { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const { settings, notes } = await provision({
    // Set but empty is what Compose makes of an unset variable.
    endpointUrl: AWS_ENDPOINT_URL || undefined,
    region: AWS_REGION,
    // For AWS itself the SDK searches, and finds session tokens too.
    credentials: AWS_ENDPOINT_URL ? keys : undefined,
    names: resourceNames(env.NAME_SUFFIX ?? ''),
  });
  for (const note of notes) console.error(`note: ${note}`);
  for (const [name, value] of Object.entries(settings)) console.log(`${name}=${value}`);
}
