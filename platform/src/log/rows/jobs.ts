/** A job's story: made, claimed, run, ended, told, removed. In the worker its ids are bound, and stand in no row. */
import { z } from 'zod';
import { bytes, count, err, id, inS3, ms, type Rows } from '../row.ts';

const order = {
  format: z.string(),
  quality: z.string().optional(),
};

export const jobRows = {
  'job.created': {
    level: 'info',
    criterion: 'R7.3',
    message: 'job created',
    fields: {
      jobId: id,
      source: z.enum(['upload', 'drop']),
      fileId: id.optional(),
      ...inS3,
      sizeBytes: bytes,
      ...order,
      options: z.record(z.string(), z.unknown()),
      retryOf: id.optional(),
      table: z.string(),
    },
    metric: { name: 'JobsCreated', unit: 'Count' },
  },
  'job.known': {
    level: 'info',
    criterion: 'R7.3',
    message: 'the same order again: answered with the job that it made the first time',
    fields: { jobId: id },
  },
  'job.dispatched': {
    level: 'info',
    criterion: 'R7.7',
    message: 'message sent for the job',
    fields: { jobId: id, queue: z.string() },
  },
  'job.not-dispatched': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'job accepted, message not sent yet: the sweeper will',
    fields: { jobId: id, err },
  },
  'job.claimed': {
    level: 'info',
    criterion: 'R7.12',
    message: 'job claimed',
    fields: {
      ...order,
      sizeBytes: bytes,
      /** From the job's creation. */
      waitedMs: ms,
      /** How often its message was received; SQS counts. */
      receives: count,
      /** Whether an earlier attempt began. */
      reclaimed: z.boolean(),
      /** The lease of the attempt before, when that worker never let go of it: it was killed, frozen or cut off. */
      reclaimedFrom: z.string().optional(),
      leaseEndedMsAgo: ms.optional(),
      /** Workers that died over it before. */
      crashes: count,
      retries: count,
      table: z.string(),
    },
  },
  'job.leased': {
    level: 'debug',
    criterion: 'R7.12',
    message: 'another worker has the job: the message waits',
    fields: { jobId: id, leftMs: ms },
  },
  'job.early': {
    level: 'debug',
    criterion: 'R7.12',
    message: 'the job was put off: the message waits with it',
    fields: { jobId: id, leftMs: ms },
  },
  'job.ended-before': {
    level: 'debug',
    criterion: 'R7.12',
    message: 'message for a job that has ended',
    fields: { jobId: id, status: z.string() },
  },
  'job.for-newer': {
    level: 'info',
    criterion: 'R7.12',
    message: 'job left for a newer worker',
    fields: { jobId: id, needs: z.int(), ability: z.int() },
  },
  'job.missing': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'message for a job that does not exist',
    fields: { jobId: id },
  },
  'job.unreadable': {
    level: 'error',
    criterion: 'R7.15',
    message: 'job cannot be read: left for another worker',
    fields: { jobId: id, needs: z.int() },
  },
  'job.unlisted': {
    level: 'error',
    criterion: 'R7.15',
    message: 'job record cannot be read: left out of the list',
    fields: { jobId: z.unknown(), fields: z.array(z.string()) },
  },
  'job.downloaded': {
    level: 'info',
    criterion: 'R7.11',
    message: 'input downloaded',
    fields: { ...inS3, sizeBytes: bytes, ms },
  },
  'job.stored': {
    level: 'info',
    criterion: 'R7.11',
    message: 'result stored',
    fields: { ...inS3, sizeBytes: bytes, sha256: z.string(), ms },
  },
  'job.adopted': {
    level: 'info',
    criterion: 'R7.11',
    message: 'result of an earlier attempt taken over: nothing is converted again',
    fields: { ...inS3, from: z.string(), ms },
  },
  'job.previews-stored': {
    level: 'info',
    criterion: 'R7.11',
    message: 'previews stored',
    fields: { bucket: z.string(), keys: z.array(z.string()), ms },
  },
  'job.previews-failed': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'no preview; the result is not affected',
    fields: { err },
  },
  'stream.used': {
    level: 'info',
    criterion: 'R7.11',
    message: 'FFmpeg has read the source as it came from S3; it was never on this disk',
    fields: {
      sizeBytes: bytes,
      /** How long FFmpeg was kept waiting by S3. */
      waitedMs: ms,
    },
    metric: { name: 'SourcesStreamed', unit: 'Count' },
  },
  'stream.not-used': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'the source cannot be streamed: it is downloaded before it is converted',
    fields: {
      why: z.enum(['order', 'container', 'head', 'shape', 'damage', 'failure', 'sum']),
      err: err.optional(),
    },
    metric: { name: 'SourcesNotStreamed', unit: 'Count' },
  },
  'transfer.repeated': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'a transfer broke: trying again',
    fields: { what: z.enum(['download', 'upload', 'segment']), tries: count, err },
  },
  'job.input-opened': {
    level: 'info',
    criterion: 'R7.3',
    message: 'only what this worker needs of a very long input is fetched, as it is needed',
    fields: { ...inS3, sizeBytes: bytes, ms },
  },
  'job.completed': {
    level: 'info',
    criterion: 'R7.3',
    message: 'job completed',
    fields: {
      ...inS3,
      sizeBytes: bytes,
      durationSeconds: z.number(),
      warnings: z.array(z.string()),
      /** All stages, in ms. */
      timings: z.record(z.string(), ms),
      /** From the job's creation. */
      totalMs: ms,
      table: z.string(),
    },
    metric: { name: 'JobTime', unit: 'Milliseconds', field: 'totalMs' },
  },
  'job.failed': {
    level: 'info',
    criterion: 'R7.15',
    message: 'job failed',
    fields: { jobId: id, attempt: count, code: z.string(), status: z.int(), table: z.string(), err },
    metric: { name: 'JobsFailed', unit: 'Count' },
  },
  'job.given-up': {
    level: 'warn',
    criterion: 'R7.12',
    message: 'job given up: its workers keep dying',
    fields: { jobId: id, crashes: count },
    metric: { name: 'JobsGivenUp', unit: 'Count' },
  },
  'job.wants-solitude': {
    level: 'info',
    criterion: 'R7.12',
    message: 'a worker has died over this job: it begins when no other job runs in this process',
    fields: { jobId: id, crashes: count },
  },
  'job.retrying': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'job will be tried again',
    fields: { code: z.string(), delayMs: ms, retries: count, err },
    metric: { name: 'JobsRetried', unit: 'Count' },
  },
  'job.handed-back': {
    level: 'info',
    criterion: 'R7.12',
    message: 'job handed back for another worker',
    fields: {},
  },
  'job.lease-lost': {
    level: 'warn',
    criterion: 'R7.12',
    message: 'lease lost: the job was cancelled or belongs to another worker now',
    fields: {},
    metric: { name: 'LeasesLost', unit: 'Count' },
  },
  'job.superseded': {
    level: 'warn',
    criterion: 'R7.16',
    message: 'the job was cancelled or finished elsewhere: this attempt’s result is deleted',
    fields: inS3,
  },
  'job.cancelled': {
    level: 'info',
    criterion: 'R7.3',
    message: 'job cancelled',
    fields: { jobId: id, attempt: count, table: z.string() },
  },
  'job.freed': {
    level: 'info',
    criterion: 'R7.16',
    message: 'everything that the job had stored is deleted',
    fields: {
      jobId: id,
      bucket: z.string(),
      keys: z.array(z.string()),
      /** The Redis key and the table of the progress that went with them. */
      redisKey: z.string(),
      table: z.string(),
    },
  },
  'job.deleted': {
    level: 'info',
    criterion: 'R7.16',
    message: 'job record deleted',
    fields: { jobId: id, table: z.string() },
  },
  'job.delivered': {
    level: 'info',
    criterion: 'R7.14',
    message: 'the whole result was sent: it will be deleted, as asked',
    fields: { jobId: id, graceMs: ms },
  },
  'job.deleted-after-download': {
    level: 'info',
    criterion: 'R7.16',
    message: 'result deleted after its download, as asked',
    fields: { jobId: id, objects: count },
  },
  'job.not-deleted': {
    level: 'warn',
    criterion: 'R7.16',
    message: 'downloaded result not deleted yet: the sweeper will',
    fields: { jobId: id, err },
  },
  'job.delivery-unnoted': {
    level: 'warn',
    criterion: 'R7.16',
    message: 'download not noted: the result stays until it expires',
    fields: { jobId: id, err },
  },
  'job.announced': {
    level: 'info',
    criterion: 'R7.7',
    message: 'events put on the bus',
    fields: { jobId: id, bus: z.string(), eventIds: z.array(z.string()), refused: count },
  },
  'job.not-announced': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'outcome not announced yet: the sweeper will',
    fields: { jobId: id, err },
  },
  /** Once for each try, while EventBridge does not answer. */
  'job.news-waits': {
    level: 'debug',
    criterion: 'R7.8',
    message: 'events of the job not sent yet',
    fields: { err },
  },
  'progress.unsaved': {
    level: 'debug',
    criterion: 'R7.10',
    message: 'progress not persisted',
    fields: { err },
  },
  'lease.unconfirmed': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'heartbeat not confirmed: trying again soon',
    fields: { err },
  },
  'lease.message-shows': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'the message could not be kept hidden',
    fields: { err },
  },
} as const satisfies Rows;
