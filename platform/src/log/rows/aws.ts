/** Calls to AWS, each with what it was about, and the circuit breakers in front of them. */
import { z } from 'zod';
import { count, id, ms, type Rows } from '../row.ts';

const service = z.enum(['s3', 'sqs', 'dynamodb', 'eventbridge']);

/** Names and ids only; never a body, an attribute or a signed URL. See `platform/src/aws/call-facts.ts`. */
const call = {
  aws: service,
  operation: z.string(),
  bucket: z.string().optional(),
  /** Of S3. */
  key: z.string().optional(),
  /** Of a call about many objects or records: the first twenty, and how many there were. */
  keys: z.array(z.string()).optional(),
  keyCount: count.optional(),
  prefix: z.string().optional(),
  part: z.int().optional(),
  table: z.string().optional(),
  index: z.string().optional(),
  /** The id in a DynamoDB key. Duties of the fleet lie beside its jobs. */
  item: z
    .strictObject({ jobId: id.or(z.string().startsWith('duty:')), fileId: id })
    .partial()
    .optional(),
  queue: z.string().optional(),
  bus: z.string().optional(),
  events: count.optional(),
  ms,
  attempts: count.optional(),
  /** HTTP status of the last answer; absent when none came. */
  status: z.int().optional(),
  awsRequestId: z.string().optional(),
};
const refused = { ...call, code: z.string(), reason: z.string() };

export const awsRows = {
  'aws.call': {
    level: 'debug',
    criterion: 'R7.7',
    message: 'AWS call',
    /** `refusedEntries`: what EventBridge, S3 or SQS did not take, although the call went well. */
    fields: { ...call, refusedEntries: count.optional() },
  },
  /** A condition that did not hold, an object that is not there, a call that we broke off: what calls are for. */
  'aws.declined': {
    level: 'debug',
    criterion: 'R7.8',
    message: 'AWS call declined, as can happen in normal operation',
    fields: refused,
  },
  'aws.failed': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'AWS call failed',
    fields: { ...refused, fix: z.string() },
    metric: { name: 'AwsCallsFailed', unit: 'Count' },
  },
  'aws.misconfigured': {
    level: 'error',
    criterion: 'R7.17',
    message: 'AWS denies this service something that it needs, or something that it needs does not exist',
    fields: { ...refused, fix: z.string() },
    metric: { name: 'Misconfigured', unit: 'Count' },
  },
  'breaker.opened': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'circuit breaker opened: calls fail fast',
    fields: { aws: service },
    metric: { name: 'BreakersOpened', unit: 'Count' },
  },
  'breaker.probing': {
    level: 'info',
    criterion: 'R7.8',
    message: 'circuit breaker lets one call through',
    fields: { aws: service },
  },
  'breaker.closed': {
    level: 'info',
    criterion: 'R7.8',
    message: 'circuit breaker closed: calls pass again',
    fields: { aws: service },
  },
} as const satisfies Rows;
