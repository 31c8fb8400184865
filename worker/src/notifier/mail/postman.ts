/**
 * Hands e-mails over to whoever sends them: an SMTP server, or Amazon SES. What that takes is loaded with the first e-mail,
 * since most processes never send one.
 */
import { clientOptions } from '@wavefleet/platform/aws/clients.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { smtpOptions } from '@wavefleet/platform/notices/smtp.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

/** For everything: name, connection, TLS, and the server's last word. Shorter than a notice is held. */
const TIMEOUT_MS = 15_000;
const CONNECT_MS = 5_000;

/** An e-mail to one person. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for the same jobs, so that mailboxes know a second one. */
  readonly messageId: string;
  /** Where whoever gets it, or a program of theirs, says that it was the last one. */
  readonly unsubscribeUrl: string;
}

/** What became of it. Without a problem it was taken. */
export interface Posted {
  readonly ms: number;
  /** In a few words of ours: servers quote addresses. */
  readonly problem?: string;
  /** Another try cannot help. */
  readonly isFinal?: boolean;
}

export interface Postman {
  /** Never throws. */
  post(letter: Letter): Promise<Posted>;
}

type PostmanSettings = Platform['config'];
/** What we use of nodemailer's own. */
interface Transport {
  sendMail(message: object): Promise<unknown>;
}

/** For one process. Nothing is loaded or connected to yet. */
export function makePostman(config: PostmanSettings): Postman {
  let opened: Promise<Transport> | undefined;
  return {
    async post(letter) {
      const startedAtMs = performance.now();
      const over = AbortSignal.timeout(TIMEOUT_MS);
      try {
        opened ??= open(config).catch((error: unknown) => {
          // The next e-mail tries it again.
          opened = undefined;
          throw error;
        });
        const transport = await opened;
        await Promise.race([
          transport.sendMail({ ...messageOf(letter), from: config.MAIL_FROM, signal: over }),
          new Promise((_, reject) => over.addEventListener('abort', () => reject(over.reason))),
        ]);
        return { ms: msSince(startedAtMs) };
      } catch (error) {
        return {
          ms: msSince(startedAtMs),
          ...(over.aborted ? { problem: 'not taken in time' } : wordsFor(error)),
        };
      }
    },
  };
}

function messageOf({ to, subject, text, html, messageId, unsubscribeUrl }: Letter): object {
  return {
    // An address and nothing else: what looks like several is one that no server knows.
    to: { name: '', address: to },
    subject,
    text,
    html,
    messageId,
    // RFC 2369, RFC 8058: mail programs show a button that needs no visit.
    list: { unsubscribe: { url: unsubscribeUrl } },
    headers: {
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      // RFC 3834: nobody's absence notice answers it.
      'Auto-Submitted': 'auto-generated',
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

async function open(config: PostmanSettings): Promise<Transport> {
  const { createTransport } = await import('nodemailer');
  if (config.SMTP_URL === undefined) {
    const { SESv2Client, SendEmailCommand } = await import('@aws-sdk/client-sesv2');
    const sesClient = new SESv2Client({
      ...clientOptions(config),
      // What is not sent is tried again by its record.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: TIMEOUT_MS,
        throwOnRequestTimeout: true,
      },
    });
    return createTransport({ SES: { sesClient, SendEmailCommand } });
  }
  return createTransport(smtpOptions(config.SMTP_URL));
}

/** Codes alone: what servers and libraries say besides holds addresses, and may hold more. */
function wordsFor(error: unknown): Pick<Posted, 'problem' | 'isFinal'> {
  if (!(error instanceof Error)) return { problem: 'not taken' };
  const { code, responseCode, command } = error as Error & {
    readonly code?: unknown;
    readonly responseCode?: unknown;
    readonly command?: unknown;
  };
  const words = [code === 'ESES' ? error.name : code, responseCode].filter(
    (word) => /^[A-Za-z0-9]{1,64}$/.test(String(word)) && word !== undefined,
  );
  const isUnknown = command === 'RCPT TO' && Number(responseCode) >= 500;
  return { problem: ['not taken', words.join(' ')].filter(Boolean).join(': '), isFinal: isUnknown };
}
