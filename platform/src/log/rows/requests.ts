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
    message: 'request that only looks, or sends a part',
    fields: { ...facts, status: z.int(), ms },
  },
  'request.failed': {
    level: 'error',
    criterion: 'R7.15',
    message: 'request failed for a reason nobody foresaw',
    fields: { ...facts, code: z.string(), err },
    metric: { name: 'RequestsFailed', unit: 'Count' },
  },
  'request.unserved': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'request not served: something that this service needs is not well',
    fields: { ...facts, code: z.string(), err },
  },
  'request.broken-off': {
    level: 'info',
    criterion: 'R7.14',
    message: 'the key or session of a request under way has ended, and so has the request',
    fields: { ...facts, ownerId: z.string() },
  },
  /** At most once a minute. */
  'request.caller-unread': {
    level: 'warn',
    criterion: 'R7.15',
    message:
      'could not look whether the keys or sessions of requests under way still are some: they go on until the next look',
    fields: { ...facts, err },
  },
  /** At most once a minute. */
  'connections.dropped': {
    level: 'warn',
    criterion: 'R7.15',
    message:
      'connections were closed: as many as may be (MAX_CONNECTIONS), 32 requests ahead of their answers, 2,000 that wait to begin, or 96 MB of answers that nobody takes',
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
    message: 'result sent to whoever has a link to it',
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
    message: 'S3 broke off while something was sent: going on there',
    fields: { ...inS3, at: bytes, err },
  },
  'read.broken': {
    level: 'warn',
    criterion: 'R3.6',
    message: 'S3 broke off for good: so does what was sent',
    fields: { ...inS3, at: bytes, err },
  },
  'download.addressed': {
    level: 'info',
    criterion: 'R7.14',
    message: 'presigned URL given for a download: the bytes do not pass here',
    fields: { jobId: id, ...inS3, sizeBytes: bytes, expiresInSeconds: z.int() },
  },
  'events.unread': {
    level: 'debug',
    criterion: 'R7.15',
    message: 'event stream could not read the record: it looks again in a second',
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
