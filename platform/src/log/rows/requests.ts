/** Requests to the API, what is sent in answer, and why one failed. */
import { z } from 'zod';
import { bytes, err, id, inS3, ms, type Rows } from '../row.ts';

/** What a request is about, as far as it says; see `api/src/http/request-facts.ts`. */
const facts = {
  method: z.string(),
  /** Ids and our own words only: other characters are replaced. */
  path: z.string(),
  /** Of the job or upload; where the request makes one, the new one's. */
  jobId: id.optional(),
  fileId: id.optional(),
  sizeBytes: bytes.optional(),
  format: z.string().optional(),
};

export const requestRows = {
  request: {
    level: 'info',
    criterion: 'R7.1',
    message: 'request',
    fields: { ...facts, status: z.int(), ms },
    metric: { name: 'RequestTime', unit: 'Milliseconds', field: 'ms' },
  },
  /** Asked over and over while a job runs or a file is sent: at `info` they would bury everything else. */
  'request.looked': {
    level: 'debug',
    criterion: 'R7.1',
    message: 'request that only reads, or sends a part',
    fields: { ...facts, status: z.int(), ms },
  },
  'request.failed': {
    level: 'error',
    criterion: 'R7.15',
    message: 'request failed for an unforeseen reason',
    fields: { ...facts, code: z.string(), err },
    metric: { name: 'RequestsFailed', unit: 'Count' },
  },
  'request.unserved': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'request not served: something that this service needs is failing',
    fields: { ...facts, code: z.string(), err },
  },
  'request.broken-off': {
    level: 'info',
    criterion: 'R7.14',
    message: 'a running request was ended, because its key or session has ended',
    fields: { ...facts, ownerId: z.string() },
  },
  /** At most once a minute. */
  'request.caller-unread': {
    level: 'warn',
    criterion: 'R7.15',
    message:
      'could not check whether the keys or sessions of running requests are still valid: the requests continue until the next check',
    fields: { ...facts, err },
  },
  /** At most once a minute. */
  'connections.dropped': {
    level: 'warn',
    criterion: 'R7.15',
    message:
      'connections were closed: MAX_CONNECTIONS reached, 32 requests ahead of their answers, 2,000 requests waiting to begin, or 96 MB of answers that nobody reads',
    fields: { limit: z.int() },
  },
  'download.ended': {
    level: 'info',
    criterion: 'R7.14',
    message: 'download ended',
    fields: {
      jobId: id,
      ...inS3,
      sizeBytes: bytes,
      /** First and last byte, both included, when a part was asked for. */
      range: z.tuple([bytes, bytes]).optional(),
      sentBytes: bytes,
      /** False: the client hung up, or the storage broke off. */
      complete: z.boolean(),
      ms,
    },
  },
  /** Players fetch a file in many ranges. */
  'listening.ended': {
    level: 'debug',
    criterion: 'R7.14',
    message: 'audio sent to a player',
    fields: {
      jobId: id,
      ...inS3,
      sizeBytes: bytes,
      range: z.tuple([bytes, bytes]).optional(),
      sentBytes: bytes,
      complete: z.boolean(),
      ms,
    },
  },
  'share.made': {
    level: 'info',
    criterion: 'R7.14',
    message: 'link to a result made',
    fields: { jobId: id, shareId: id, expiresAt: z.iso.datetime(), maxDownloads: z.int().optional() },
  },
  'share.revoked': {
    level: 'info',
    criterion: 'R7.14',
    message: 'link to a result revoked',
    fields: { jobId: id, shareId: id },
  },
  'share.downloaded': {
    level: 'info',
    criterion: 'R7.14',
    message: 'result sent to somebody with a link to it',
    fields: {
      jobId: id,
      shareId: id,
      ...inS3,
      sizeBytes: bytes,
      range: z.tuple([bytes, bytes]).optional(),
      sentBytes: bytes,
      complete: z.boolean(),
      ms,
    },
  },
  /** `at`: the first byte that did not come. */
  'read.resumed': {
    level: 'warn',
    criterion: 'R3.6',
    message: 'S3 broke off while something was sent: continuing from there',
    fields: { ...inS3, at: bytes, err },
  },
  'read.broken': {
    level: 'warn',
    criterion: 'R3.6',
    message: 'S3 broke off for good: the answer breaks off too',
    fields: { ...inS3, at: bytes, err },
  },
  'download.addressed': {
    level: 'info',
    criterion: 'R7.14',
    message: 'presigned URL given for a download: its bytes do not pass through here',
    fields: { jobId: id, ...inS3, sizeBytes: bytes, expiresInSeconds: z.int() },
  },
  'events.unread': {
    level: 'debug',
    criterion: 'R7.15',
    message: 'event stream could not read the record: it tries again in a second',
    fields: { jobId: id, err },
  },
  'events.broke': {
    level: 'error',
    criterion: 'R7.15',
    message: 'event stream broke off',
    fields: { jobId: id, err },
  },
  'export.broke': {
    level: 'error',
    criterion: 'R7.15',
    message: 'export of a history broke off',
    fields: { err },
  },
  'cors.refused': {
    level: 'error',
    criterion: 'R7.17',
    message: 'the bucket refuses what the page sends it: uploads in parts fail in browsers',
    fields: { origin: z.string(), bucket: z.string(), reason: z.string(), fix: z.string() },
    metric: { name: 'Misconfigured', unit: 'Count' },
  },
} as const satisfies Rows;
