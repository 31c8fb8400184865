/**
 * Whoever takes the e-mails: a server that is signed in to and sent nothing, or Amazon SES asked whether it would send. What
 * that takes is loaded when it is asked for: the other commands do without.
 */
import { clientOptions } from '@wavefleet/platform/aws/clients.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import { smtpOptions } from '@wavefleet/platform/notices/smtp.ts';
import { type Where, whereIs } from '@wavefleet/platform/trouble/where.ts';
import { z } from 'zod';
import { look, orNothing } from './calls.ts';
import type { Check, Remark } from './check.ts';
import type { Service } from './service.ts';

/** None where no e-mail is sent. */
export function mailServices(config: Config): Service[] {
  const { MAIL_FROM, SMTP_URL } = config;
  if (MAIL_FROM === undefined) return [];
  return [SMTP_URL === undefined ? ses(config, MAIL_FROM) : mailServer(config, SMTP_URL)];
}

function mailServer(config: Config, url: string): Service {
  const { host, protocol, username } = new URL(url);
  const where: Where = { service: 'e-mail', region: config.AWS_REGION, setting: 'SMTP_URL', address: host };
  const check: Check = {
    what: `E-mail ${host}: ${username === '' ? 'answers' : 'lets us in'}`,
    thing: host,
    async run() {
      const { createTransport } = await import('nodemailer');
      const transport = createTransport(smtpOptions(url));
      try {
        await transport.verify();
      } catch (error) {
        return [refusal(error, protocol)];
      } finally {
        transport.close();
      }
      return [];
    },
  };
  return { where, checks: [check] };
}

/** What nodemailer throws: its own code, and the server's. */
const smtpErrorSchema = z.object({
  code: z.string().optional(),
  responseCode: z.int().optional(),
  message: z.string(),
});

function refusal(error: unknown, protocol: string): Remark {
  const { code = '', responseCode, message } = smtpErrorSchema.catch({ message: '' }).parse(error);
  const said = (message.split('\n')[0] ?? '').slice(0, 200);
  const problem = [code, responseCode, said].filter(Boolean).join(' ');
  if (code === 'EAUTH')
    return {
      status: 'FAIL',
      problem,
      fix: 'The server refuses user or password: correct them in SMTP_URL, percent-encoded. Amazon SES has SMTP credentials of its own.',
    };
  if (code === 'ETLS' || /wrong version number|STARTTLS/i.test(said))
    return {
      status: 'FAIL',
      problem,
      fix: `One side speaks TLS and the other does not: correct the scheme in SMTP_URL (now ${protocol}//; smtps: TLS from the first byte, port 465 as a rule; smtp: STARTTLS, 587), or take a server that offers it.`,
    };
  return {
    status: 'FAIL',
    problem,
    fix: 'Correct host and port in SMTP_URL; in a VPC there must be a way out, and security groups must let that port through (smtp_port of Terraform’s mail).',
  };
}

function ses(config: Config, from: string): Service {
  const address = /<(.*)>$/.exec(from)?.[1] ?? from;
  const domain = address.split('@').at(-1) ?? '';
  const library = () => import('@aws-sdk/client-sesv2');
  const open = async () => new (await library()).SESv2Client({ ...clientOptions(config), maxAttempts: 2 });
  const about = (action: string, name: string) => ({
    action: `ses:${action}`,
    resource: `arn:aws:ses:${config.AWS_REGION}:*:identity/${name}`,
    setting: 'MAIL_FROM',
    name,
  });
  const check = (what: string, run: Check['run']): Check => ({ what: `SES ${what}`, thing: what, run });
  const identity = async (name: string, abortSignal: AbortSignal) => {
    const { GetEmailIdentityCommand } = await library();
    const command = new GetEmailIdentityCommand({ EmailIdentity: name });
    return await orNothing(['NotFoundException'], () =>
      look(about('GetEmailIdentity', name), async () => (await open()).send(command, { abortSignal })),
    );
  };
  return {
    where: whereIs(config, 'SES'),
    checks: [
      check('sends', async (abortSignal) => {
        const { GetAccountCommand } = await library();
        const account = await look(about('GetAccount', '*'), async () =>
          (await open()).send(new GetAccountCommand({}), { abortSignal }),
        );
        if (account.SendingEnabled === false)
          return [
            {
              status: 'FAIL',
              problem: `sending is paused (${account.EnforcementStatus ?? 'no reason given'})`,
              fix: 'See the reputation dashboard of SES: too many bounces or complaints pause an account.',
            },
          ];
        if (account.ProductionAccessEnabled !== false) return [];
        return [
          {
            status: 'warn',
            problem: 'the account is in the sandbox: only verified addresses get e-mails',
            fix: 'Ask AWS for production access (SES, "Account dashboard").',
          },
        ];
      }),
      check(`may send as ${domain}`, async (signal) => {
        let isKnown = false;
        for (const name of [address, ...domainsOf(domain)]) {
          const found = await identity(name, signal);
          if (found?.VerifiedForSendingStatus === true) return [];
          isKnown ||= found !== undefined;
        }
        return [
          {
            status: 'FAIL',
            problem: isKnown ? 'it is not verified yet' : 'SES does not know it',
            fix: `Verify ${domain} in SES in ${config.AWS_REGION}: Terraform's mail.create_identity makes it, its output mail_dns_records are the records to set.`,
          },
        ];
      }),
    ],
  };
}

/**
 * The domain, and those that it is below: who has verified one may send as all below it (Amazon SES Developer Guide,
 * "Verified identities"). Whole countries are nobody's.
 */
function domainsOf(domain: string): string[] {
  const labels = domain.split('.');
  const all = labels.map((_, index) => labels.slice(index).join('.'));
  return [domain, ...all.slice(1, -1)];
}
