/** Keys and sessions, as they come and go. Never a token. */
import { z } from 'zod';
import { count, err, type Rows } from '../row.ts';

export const peopleRows = {
  'key.made': {
    level: 'info',
    criterion: 'R7.14',
    message: 'API key made',
    fields: { keyId: z.string(), ownerId: z.string(), scopes: z.array(z.string()), expiresAt: z.string() },
  },
  'key.revoked': {
    level: 'info',
    criterion: 'R7.14',
    message: 'API key revoked',
    fields: { keyId: z.string(), ownerId: z.string() },
  },
  'session.begun': {
    level: 'info',
    criterion: 'R7.1',
    message: 'somebody has signed in',
    fields: { ownerId: z.string(), provider: z.string() },
  },
  'session.reused': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'a refresh token was used a second time: its session is ended',
    fields: { ownerId: z.string() },
  },
  'account.adopted': {
    level: 'info',
    criterion: 'R7.2',
    message: 'jobs, uploads and presets of the browser now belong to the account',
    fields: { ownerId: z.string(), count },
  },
  'account.adoption-broken': {
    level: 'warn',
    criterion: 'R7.15',
    message:
      'some of the browser’s jobs, uploads and presets do not belong to the account yet: the next refresh moves them',
    fields: { ownerId: z.string(), err },
  },
  'erasure.asked': {
    level: 'info',
    criterion: 'R7.14',
    message: 'somebody has asked for all their data to be deleted',
    fields: { ownerId: z.string(), watchedUntil: z.string() },
  },
  'erasure.passed': {
    level: 'info',
    criterion: 'R7.14',
    message:
      'one pass of deleting what an owner has is over; what is left is still ending and is deleted in the next pass',
    fields: { ownerId: z.string(), jobs: count, uploads: count, left: count },
  },
  'erasure.waits': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'something of an owner could not be deleted yet: the next pass tries again',
    fields: { ownerId: z.string(), err },
  },
  'erasure.look-failed': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'could not check whether anything is to be deleted: the next check tries again',
    fields: { err },
  },
  'erasure.ended': {
    level: 'info',
    criterion: 'R7.14',
    message: 'everything that an owner wanted deleted is gone',
    fields: { ownerId: z.string() },
  },
} as const satisfies Rows;
