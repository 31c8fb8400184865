/** E-mails: what was told and what was not. Neither addresses nor names of files, which are their owners' business. */
import { z } from 'zod';
import { count, id, ms, type Rows } from '../row.ts';

/** One e-mail, which tells of so many jobs. */
const letter = { mailId: id, ownerId: z.string(), jobs: count, tries: count };

export const mailRows = {
  'mail.queued': {
    level: 'debug',
    criterion: 'R7.14',
    message: 'e-mail about a job noted: it waits for other jobs to report',
    fields: { mailId: id, jobId: id },
  },
  'mail.sent': {
    level: 'info',
    criterion: 'R7.14',
    message: 'e-mail sent',
    fields: { ...letter, ms },
  },
  'mail.put-off': {
    level: 'info',
    criterion: 'R7.14',
    message: 'e-mail not sent: it is tried again',
    fields: { ...letter, ms, problem: z.string(), pauseMs: ms },
  },
  'mail.given-up': {
    level: 'warn',
    criterion: 'R7.14',
    message: 'e-mail not sent, and given up',
    fields: { ...letter, ms, problem: z.string() },
    metric: { name: 'MailsGivenUp', unit: 'Count' },
  },
  'mail.unsubscribed': {
    level: 'info',
    criterion: 'R7.14',
    message: 'somebody has stopped their e-mails',
    fields: { ownerId: z.string() },
  },
} as const satisfies Rows;
