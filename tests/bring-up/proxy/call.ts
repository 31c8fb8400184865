/** One call of a process of the fleet, as it looks on the wire: who calls what, about which job, at which step. */
import type { IncomingMessage } from 'node:http';
import { resources } from '@wavefleet/contracts/resources.ts';
import { z } from 'zod';

export type Service = 's3' | 'sqs' | 'dynamodb' | 'eventbridge';

/**
 * The steps of a job that change something outside of its process, in their order. A fault in front of, in or behind
 * one of them is what a job must survive.
 */
export const steps = [
  'create',
  'send',
  'claim',
  'beat',
  'store',
  'complete',
  'announce',
  'clear',
  'delete',
] as const;
export type Step = (typeof steps)[number];

export interface Call {
  /** Name of the calling process, as `api` or `worker-0`. */
  readonly caller: string;
  readonly service: Service;
  /** As the SDK names its command: `UpdateItem`, `PutObject`. */
  readonly operation: string;
  readonly step: Step | undefined;
  /** The job that it is about; of several, the first one. Of messages by their handle, which only the proxy knows. */
  jobId: string | undefined;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Of the JSON services, parsed; undefined for S3, whose bodies are streamed. */
  readonly body: JsonBody | undefined;
  readonly startedAtMs: number;
}

const text = z.object({ S: z.string() });
/** What the proxy needs of the requests of DynamoDB, SQS and EventBridge. */
const bodySchema = z
  .looseObject({
    TableName: z.string(),
    QueueUrl: z.string(),
    Key: z.looseObject({ jobId: text.optional() }),
    Item: z.looseObject({ jobId: text.optional() }),
    UpdateExpression: z.string(),
    ConditionExpression: z.string(),
    ExpressionAttributeValues: z.record(z.string(), z.unknown()),
    MessageBody: z.string(),
    ReceiptHandle: z.string(),
    Entries: z.array(
      z.looseObject({
        Detail: z.string().optional(),
        DetailType: z.string().optional(),
        ReceiptHandle: z.string().optional(),
      }),
    ),
  })
  .partial();
export type JsonBody = z.infer<typeof bodySchema>;
const aboutJob = z.object({ jobId: z.string() });

const services: Readonly<Record<string, Service>> = {
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  AWSEvents: 'eventbridge',
};
/** `Job Completed` and the like. */
const isOutcome = (detailType: string | undefined) => /Completed|Failed|Cancelled/.test(detailType ?? '');
const resultKey = /^\/[^/]+\/conversions\/([0-9a-f-]{36})\/\d+\.\w+$/;

/** @param body the request's, when it is JSON. */
export function callOf(caller: string, request: IncomingMessage, body: string): Call {
  const { method = '', url = '/', headers } = request;
  const startedAtMs = Date.now();
  const target = headers['x-amz-target'];
  if (typeof target !== 'string') {
    const operation = s3Operation(method, url);
    const [, jobId] = resultKey.exec(pathOf(url)) ?? [];
    const step = operation === 'PutObject' && jobId !== undefined ? 'store' : undefined;
    return { caller, service: 's3', operation, step, jobId, method, path: url, body: undefined, startedAtMs };
  }
  const [prefix = '', operation = ''] = target.split('.');
  const parsed = bodySchema.safeParse(parsedOrNothing(body));
  const read = parsed.success ? parsed.data : {};
  return {
    ...{ caller, operation, method, path: url, body: read, startedAtMs },
    service: services[prefix] ?? 'dynamodb',
    step: stepOf(operation, read),
    jobId: jobOf(read),
  };
}

const pathOf = (url: string) => decodeURIComponent(new URL(url, 'http://s3').pathname);

function s3Operation(method: string, url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const isObject = pathname.split('/').filter(Boolean).length > 1;
  if (method === 'PUT') return searchParams.has('partNumber') ? 'UploadPart' : 'PutObject';
  if (method === 'GET') return isObject ? 'GetObject' : 'ListObjectsV2';
  if (method === 'HEAD') return isObject ? 'HeadObject' : 'HeadBucket';
  if (method === 'DELETE') return searchParams.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
  if (searchParams.has('delete')) return 'DeleteObjects';
  return searchParams.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
}

function parsedOrNothing(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // an emulator refuses it; it is no step
  }
}

/** What is in a container that all test files share has eight digits behind its name. */
function isNamed(name: string | undefined, plain: string): boolean {
  return name?.replace(/-[0-9a-f]{8}$/, '') === plain;
}

/** By what an update sets, so that the words of an expression may change. */
function stepOf(operation: string, body: JsonBody): Step | undefined {
  const { jobs } = resources.tables;
  if (operation === 'PutItem') return isNamed(body.TableName, jobs.name) ? 'create' : undefined;
  if (operation === 'PutEvents')
    return body.Entries?.some(({ DetailType }) => isOutcome(DetailType)) ? 'announce' : undefined;
  const isJobsQueue = isNamed(body.QueueUrl?.split('/').at(-1), resources.queues.jobs.name);
  if (operation === 'SendMessage') return isJobsQueue ? 'send' : undefined;
  if (/^DeleteMessage(Batch)?$/.test(operation)) return isJobsQueue ? 'delete' : undefined;
  if (operation !== 'UpdateItem' || !isNamed(body.TableName, jobs.name)) return undefined;
  const to = targetStatus(body);
  if (to === 'processing') return 'claim';
  if (to === 'completed' || to === 'failed') return 'complete';
  const expression = body.UpdateExpression ?? '';
  if (/until = /.test(expression)) return 'beat';
  return /pendingEvents = :/.test(expression) ? 'clear' : undefined;
}

/** The status that an update moves a job to, if it does. */
export function targetStatus({ ExpressionAttributeValues = {} }: JsonBody): string | undefined {
  return text.safeParse(ExpressionAttributeValues[':to']).data?.S;
}

function jobOf({ Key, Item, MessageBody, Entries }: JsonBody): string | undefined {
  const inText = MessageBody ?? Entries?.[0]?.Detail;
  if (inText !== undefined) return aboutJob.safeParse(parsedOrNothing(inText)).data?.jobId;
  return Key?.jobId?.S ?? Item?.jobId?.S;
}
