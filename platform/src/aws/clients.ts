/** The AWS SDK clients, made once per process, with exact timeouts, one breaker per service and a log line per call. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Log } from '../log/log.ts';
import { type Breaker, makeBreaker } from './breaker.ts';
import { logCalls } from './call-log.ts';
import { type RetryPace, retrying, swift } from './retry.ts';
import type { AwsSettings } from './settings.ts';

export interface AwsClients {
  readonly s3: S3Client;
  /**
   * Streams whose pace somebody else sets: a client that uploads or downloads slowly must neither be cut off
   * early nor open the breaker for everybody, and a half-open breaker must not wait for an hour-long upload.
   */
  readonly s3Streams: S3Client;
  /** Only signs URLs, for the address that browsers can reach. */
  readonly s3Public: S3Client;
  /** Send, delete, attributes. */
  readonly sqs: SQSClient;
  /** Long polls and heartbeats: they must neither open nor be stopped by the breaker of `sqs`. */
  readonly sqsPoll: SQSClient;
  readonly dynamo: DynamoDBDocumentClient;
  /** Lease heartbeats: short timeouts, since a beat that takes seconds has missed its point. */
  readonly dynamoBeat: DynamoDBDocumentClient;
  readonly eventBridge: EventBridgeClient;
  readonly breakers: {
    readonly s3: Breaker;
    readonly sqs: Breaker;
    readonly dynamodb: Breaker;
    readonly eventbridge: Breaker;
  };
  destroy(): void;
}

/** `requestTimeout` alone only warns, and without `socketTimeout` a stalled body hangs (aws-sdk-js-v3#8098). */
const timeouts = (requestTimeout: number) => ({
  connectionTimeout: 1_000,
  requestTimeout,
  socketTimeout: requestTimeout,
  throwOnRequestTimeout: true,
});

/**
 * The SDK's default is 50, and a worker has up to 64 slots: each with a long poll or a heartbeat under way, which must
 * not wait for each other.
 */
const SOCKETS = { maxSockets: 200 };

/** Longer than the API lets its own clients idle (30 s), so that they are the ones to be told. */
const STREAM_IDLE_MS = 45_000;

/** @param pace how calls are tried again. Default: as within a request. */
export function makeAwsClients(settings: AwsSettings, log: Log, pace: RetryPace = swift): AwsClients {
  const shared = clientOptions(settings);
  const s3Options = {
    ...shared,
    forcePathStyle: settings.AWS_ENDPOINT_URL !== undefined,
    // The default would sign the CRC32 of an empty body into presigned URLs.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } as const;
  const marshalling = {
    marshallOptions: {
      removeUndefinedValues: true,
      // The marshaller asks `data.constructor` what an object is. One with a key of that name, which a file's tags may
      // have, is a map all the same.
      convertClassInstanceToMap: true,
    },
  };

  const s3 = new S3Client({
    ...s3Options,
    ...retrying(pace),
    // No requestTimeout: it would bound a whole transfer. An idle socket is what tells a stall.
    requestHandler: { connectionTimeout: 1_000, socketTimeout: 10_000, httpsAgent: SOCKETS },
  });
  const s3Streams = new S3Client({
    ...s3Options,
    ...retrying(pace),
    requestHandler: {
      connectionTimeout: 1_000,
      socketTimeout: STREAM_IDLE_MS,
      httpsAgent: SOCKETS,
    },
  });
  const s3Public =
    settings.S3_PUBLIC_ENDPOINT_URL === undefined
      ? s3
      : new S3Client({ ...s3Options, endpoint: settings.S3_PUBLIC_ENDPOINT_URL });
  // Queue URLs of emulators name hosts that do not resolve: the endpoint decides, never the URL.
  const sqs = new SQSClient({
    ...shared,
    ...retrying(pace),
    useQueueUrlAsEndpoint: false,
    requestHandler: timeouts(5_000),
  });
  const sqsPoll = new SQSClient({
    ...shared,
    useQueueUrlAsEndpoint: false,
    maxAttempts: 1,
    requestHandler: {
      ...timeouts((settings.POLL_WAIT_SECONDS + 5) * 1000),
      // Emulators speak plain HTTP.
      httpAgent: SOCKETS,
      httpsAgent: SOCKETS,
    },
  });
  const dynamoBase = new DynamoDBClient({ ...shared, ...retrying(pace), requestHandler: timeouts(5_000) });
  const dynamoBeatBase = new DynamoDBClient({ ...shared, maxAttempts: 2, requestHandler: timeouts(3_000) });
  // What is not sent waits in an outbox for whoever tries next.
  const eventBridge = new EventBridgeClient({ ...shared, maxAttempts: 1, requestHandler: timeouts(2_000) });

  const breakers = {
    s3: makeBreaker('s3', log),
    sqs: makeBreaker('sqs', log),
    dynamodb: makeBreaker('dynamodb', log),
    eventbridge: makeBreaker('eventbridge', log),
  };
  breakers.s3.attach(s3.middlewareStack);
  breakers.sqs.attach(sqs.middlewareStack);
  breakers.dynamodb.attach(dynamoBase.middlewareStack);
  breakers.eventbridge.attach(eventBridge.middlewareStack);
  logCalls(s3.middlewareStack, 's3', settings, log);
  logCalls(s3Streams.middlewareStack, 's3', settings, log);
  logCalls(sqs.middlewareStack, 'sqs', settings, log);
  logCalls(sqsPoll.middlewareStack, 'sqs', settings, log);
  logCalls(dynamoBase.middlewareStack, 'dynamodb', settings, log);
  logCalls(dynamoBeatBase.middlewareStack, 'dynamodb', settings, log);
  logCalls(eventBridge.middlewareStack, 'eventbridge', settings, log);

  const all = [s3, s3Streams, s3Public, sqs, sqsPoll, dynamoBase, dynamoBeatBase, eventBridge];
  return {
    s3,
    s3Streams,
    s3Public,
    sqs,
    sqsPoll,
    dynamo: DynamoDBDocumentClient.from(dynamoBase, marshalling),
    dynamoBeat: DynamoDBDocumentClient.from(dynamoBeatBase, marshalling),
    eventBridge,
    breakers,
    destroy() {
      for (const client of all) client.destroy();
      for (const breaker of Object.values(breakers)) breaker.shutdown();
    },
  };
}

/** Where every client finds AWS, and as whom: also those that are made by who needs them, since few processes do. */
export function clientOptions(settings: AwsSettings) {
  return {
    region: settings.AWS_REGION,
    ...(settings.AWS_ENDPOINT_URL === undefined ? {} : { endpoint: settings.AWS_ENDPOINT_URL }),
    ...credentialsOf(settings),
    // It would write to stderr past our log, which has a line for every call.
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  };
}

/** Explicit keys when both are set; otherwise nothing, so that the SDK's chain finds the task role. */
function credentialsOf(settings: AwsSettings) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = settings;
  if (accessKeyId === undefined || secretAccessKey === undefined) return {};
  const sessionToken = settings.AWS_SESSION_TOKEN;
  return {
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  };
}
