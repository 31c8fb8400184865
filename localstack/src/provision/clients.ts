/** Plain SDK clients for one endpoint, or for AWS itself when none is given. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

export interface Clients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBClient;
  readonly events: EventBridgeClient;
  destroy(): void;
}

export interface Target {
  /** An emulator. Absent: AWS itself, with the machine's credentials. */
  readonly endpointUrl?: string | undefined;
  readonly region: string;
  /** Absent: test/test for an emulator, the SDK's own search for AWS. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** Emulators in containers want some, and MiniStack exactly these. */
export const EMULATOR_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

export function makeClients({ endpointUrl, region, credentials }: Target): Clients {
  const known = credentials ?? (endpointUrl === undefined ? undefined : EMULATOR_CREDENTIALS);
  const shared = {
    region,
    // Containers that have just said "ready" may still refuse a first call or two.
    maxAttempts: 6,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    ...(known === undefined ? {} : { credentials: known }),
  };
  const s3 = new S3Client({
    ...shared,
    forcePathStyle: endpointUrl !== undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const sqs = new SQSClient({ ...shared, useQueueUrlAsEndpoint: false });
  const dynamo = new DynamoDBClient(shared);
  const events = new EventBridgeClient(shared);
  return {
    s3,
    sqs,
    dynamo,
    events,
    destroy() {
      for (const client of [s3, sqs, dynamo, events]) client.destroy();
    },
  };
}

/** Whether an SDK error has one of these exact names: nothing else is ever forgiven. */
export function isNamed(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
