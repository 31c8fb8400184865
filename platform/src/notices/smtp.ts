/** How a mail server is connected to, by whoever does: notifiers that send, and the doctor who looks. */
import { isThisMachine } from '../settings/this-machine.ts';

/** For each: the name, the connection, the greeting, and silence in between. */
const STEP_MS = 5_000;

/** What nodemailer's `createTransport` is given. */
export interface SmtpOptions {
  readonly url: string;
  readonly requireTLS: boolean;
  readonly connectionTimeout: number;
  readonly greetingTimeout: number;
  readonly socketTimeout: number;
  readonly dnsTimeout: number;
}

/** @param url SMTP_URL. */
export function smtpOptions(url: string): SmtpOptions {
  const { hostname, password } = new URL(url);
  return {
    url,
    // A password goes over no wire in the clear.
    requireTLS: password !== '' && !isThisMachine(hostname),
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    dnsTimeout: STEP_MS,
  };
}
