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
    message: 'a refresh token came a second time: its session is ended',
    fields: { ownerId: z.string() },
  },
  'account.adopted': {
    level: 'info',
    criterion: 'R7.2',
    message: 'jobs and uploads of the browser are the account’s now',
    fields: { ownerId: z.string(), count },
  },
  'account.adoption-broken': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'not all of the browser’s jobs and uploads are the account’s yet: the rest at the next refresh',
    fields: { ownerId: z.string(), err },
  },
} as const satisfies Rows;
