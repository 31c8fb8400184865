/** Settings of e-mail: whether it is sent, by whom, and how long it waits for more to tell. */
import { z } from 'zod';
import { type Expect, secret, whole } from './kinds.ts';

/** One address, with a name in front or without. */
const sender = z
  .string()
  .regex(
    /^([^<>\r\n"]{1,100}<[^\s<>@"]+@[^\s<>@"]+>|[^\s<>@"]+@[^\s<>@"]+)$/,
    'an address such as wavefleet <noreply@example.com>',
  );

/** By their environment names. */
export const mailSettings = {
  /** Whom e-mails come from. Unset: none are sent, and nobody is offered any. */
  MAIL_FROM: sender.optional(),
  /** The server that takes them. Unset: Amazon SES. Holds a password, as a rule. */
  SMTP_URL: secret(z.url({ protocol: /^smtps?$/, error: 'an smtp:// or smtps:// URL' }).optional()),
  /** What ends within so long after the last job goes into the same e-mail; other jobs of the owner are waited for as well, */
  MAIL_GATHER_MS: whole(60_000, 0, 3_600_000),
  /** but no e-mail waits longer than this. */
  MAIL_LONGEST_GATHER_MS: whole(900_000, 0, 36_000_000),
  /** First pause before an e-mail is tried again; it doubles, with equal jitter, up to 15 min, for a day. */
  MAIL_RETRY_BASE_MS: whole(15_000, 1),
} as const;

type MailSettings = z.infer<z.ZodObject<typeof mailSettings>> & { readonly PUBLIC_URL?: string | undefined };

/** Rules between them. */
export function expectOfMail(config: MailSettings, expect: Expect): void {
  expect(
    config.MAIL_FROM === undefined || config.PUBLIC_URL !== undefined,
    'PUBLIC_URL: is not set, and MAIL_FROM needs it for the links in e-mails',
  );
  expect(
    config.SMTP_URL === undefined || config.MAIL_FROM !== undefined,
    'MAIL_FROM: is not set, and SMTP_URL needs it',
  );
}
