/** E-mails about jobs that have ended: who gets them, what is stored of each, and how a notifier is woken for it. */
import { z } from 'zod';

/**
 * Which jobs an account gets an e-mail about: `all`, except those that were asked not to; `asked`, those that were asked
 * to; or `none`, whatever anybody asks.
 */
export const emailNoticesSchema = z.enum(['all', 'asked', 'none']);
export type EmailNotices = z.infer<typeof emailNoticesSchema>;

/** Whether somebody with that setting gets an e-mail about a job. @param asked what the job's submission said, if it did. */
export function wantsEmail(setting: EmailNotices, asked: boolean | undefined): boolean {
  if (setting === 'none') return false;
  return asked ?? setting === 'all';
}

/** Where whoever gets an e-mail says that it was the last one. @param token `unsubscribeToken`'s. */
export function unsubscribePath(token: string): string {
  return `/unsubscribe/${token}`;
}

/** One job's place in an e-mail, as it is stored: it is the authority on whether its owner has been told. */
export const storedMailSchema = z.object({
  id: z.uuid(),
  kind: z.literal('mail'),
  ownerId: z.string(),
  jobId: z.uuid(),
  /** What the job's submission said of e-mail; absent when it said nothing. */
  asked: z.boolean().optional(),
  listedUnder: z.string(),
  createdAt: z.iso.datetime(),
  /** Epoch seconds after which DynamoDB may drop the record. */
  ttl: z.int(),
  /** `unwanted`: its owner wants none by now, or has deleted the job. */
  state: z.enum(['pending', 'sent', 'given-up', 'unwanted']),
  tries: z.int(),
  /** Why the last try did not count, in a few words of ours. */
  problem: z.string().optional(),
  /** The link that the last try made: it ends when another one is made. */
  shareId: z.uuid().optional(),
  /** Epoch ms: not tried before, and not tried again after. */
  notBefore: z.int(),
  giveUpAt: z.int(),
  /** Made up for the last try, by whom it is known whose that is. */
  takenBy: z.string().optional(),
  /** Sparse index, while it is pending: its message must have been seen by then (epoch ms), or was lost. */
  dueShard: z.int().optional(),
  dueAt: z.int().optional(),
});
export type StoredMail = z.infer<typeof storedMailSchema>;

/** A message of our own on the notices queue: a wake-up for one of them. */
export const mailMessageSchema = z.object({ v: z.literal(1), mailId: z.uuid(), ownerId: z.string() });
export type MailMessage = z.infer<typeof mailMessageSchema>;
