/** Webhooks: what is on its way, what arrived, and what did not. Addresses are their owners' business, and not told. */
import { z } from 'zod';
import { count, err, id, ms, type Rows } from '../row.ts';

const delivery = { deliveryId: id, webhookId: id, jobId: id.optional() };
/** One try. */
const tried = { ...delivery, tries: count, ms, status: z.int().optional() };

export const webhookRows = {
  'webhook.queued': {
    level: 'debug',
    criterion: 'R7.14',
    message: 'delivery to a webhook stored and on its way',
    fields: delivery,
  },
  'webhook.delivered': {
    level: 'info',
    criterion: 'R7.14',
    message: 'webhook delivered',
    fields: tried,
  },
  'webhook.put-off': {
    level: 'info',
    criterion: 'R7.14',
    message: 'webhook not delivered: it is tried again',
    fields: { ...tried, problem: z.string(), pauseMs: ms },
  },
  'webhook.given-up': {
    level: 'warn',
    criterion: 'R7.14',
    message: 'webhook not delivered, and given up',
    fields: { ...tried, problem: z.string() },
    metric: { name: 'WebhooksGivenUp', unit: 'Count' },
  },
  'notice.woken': {
    level: 'info',
    criterion: 'R7.14',
    message: 'webhooks and e-mails whose message was lost are being sent again',
    fields: { count },
  },
  'notice.sweep-failed': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'search for lost webhooks and e-mails failed',
    fields: { err },
  },
  'notice.unreadable': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'unreadable message for notifiers put aside',
    fields: { messageId: z.string().optional(), deadLetterQueue: z.string() },
  },
  'notifier.ready': {
    level: 'info',
    criterion: 'R7.12',
    message: 'notifier sends webhooks, and e-mails where that is set up',
    fields: {
      concurrency: count,
      privateAddresses: z.boolean(),
      mail: z.enum(['smtp', 'ses', 'none']),
      environment: z.string(),
    },
  },
} as const satisfies Rows;
