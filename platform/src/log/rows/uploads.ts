/** Uploads: from the first byte to their removal. */
import { z } from 'zod';
import { bytes, count, err, id, inS3, ms, type Rows } from '../row.ts';

export const uploadRows = {
  'upload.begun': {
    level: 'info',
    criterion: 'R7.2',
    message: 'upload begun',
    fields: {
      fileId: id,
      ...inS3,
      /** Unknown for forms and chunked bodies. */
      sizeBytes: bytes.optional(),
      /** 1: in one request. */
      parts: count,
      partSizeBytes: bytes.optional(),
    },
  },
  'upload.part': {
    level: 'debug',
    criterion: 'R7.2',
    message: 'part of an upload stored',
    fields: { fileId: id, ...inS3, part: z.int(), sizeBytes: bytes, ms },
  },
  'upload.stored': {
    level: 'info',
    criterion: 'R7.2',
    message: 'upload stored: it can be converted',
    fields: { fileId: id, ...inS3, sizeBytes: bytes, parts: count, ms, table: z.string() },
  },
  'upload.broken': {
    level: 'info',
    criterion: 'R7.2',
    message: 'upload broke off',
    fields: { fileId: id, ...inS3, receivedBytes: bytes, part: z.int().optional(), reason: z.string() },
  },
  'start.unseen': {
    level: 'debug',
    criterion: 'R6.9',
    message: 'the start of a file could not be checked: its worker checks it',
    fields: { ...inS3, err },
  },
  'upload.removed': {
    level: 'info',
    criterion: 'R7.16',
    message: 'upload removed',
    fields: { fileId: id, ...inS3, state: z.enum(['uploading', 'complete']), table: z.string() },
  },
  'uploads.given-up': {
    level: 'info',
    criterion: 'R7.16',
    message: 'unfinished uploads discarded',
    /** At most twenty keys: enough to look for. */
    fields: { count, keys: z.array(z.string()) },
  },
  'upload.not-given-up': {
    level: 'warn',
    criterion: 'R7.16',
    message: 'unfinished upload not discarded yet',
    fields: { key: z.string(), err },
  },
  'uploads.sweep-failed': {
    level: 'warn',
    criterion: 'R7.16',
    message: 'sweep of uploads failed',
    fields: { err },
  },
} as const satisfies Rows;
