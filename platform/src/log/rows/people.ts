/** Keys, as they come and go. Never the key itself. */
import { z } from 'zod';
import type { Rows } from '../row.ts';

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
} as const satisfies Rows;
