/**
 * A mail server on this machine, for `npm start -- --auth` and the tests: it takes every e-mail, delivers none, and shows
 * them at `/dev/mail` of a port of its own.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { type Caught, caughtSchema } from './caught.ts';
import { serveMailPage } from './page.ts';

/** Older ones are forgotten. */
const KEPT = 200;

export interface MailCatcher {
  /** For SMTP_URL. */
  readonly smtpUrl: string;
  /** Where people look at what came. */
  readonly pageUrl: string;
  /** Newest last. */
  readonly caught: readonly Caught[];
  stop(): Promise<void>;
}

export interface CatcherOptions {
  /** Where both listen. Default: this machine alone. */
  readonly host?: string;
  /** Default 0: free ones. */
  readonly smtpPort?: number;
  readonly pagePort?: number;
  /** What the server answers of a recipient instead of taking it. Default: it takes all. */
  readonly refuses?: (address: string) => { readonly code: number; readonly text: string } | undefined;
  /** What {@link MailCatcher.smtpUrl} says who it is with, and nobody else may send. Default: anybody may. */
  readonly password?: string;
}

/** Answers once both answer. */
export async function startMailCatcher(options: CatcherOptions = {}): Promise<MailCatcher> {
  const { host = '127.0.0.1', smtpPort = 0, pagePort = 0, refuses = () => undefined, password } = options;
  const caught: Caught[] = [];
  let count = 0;
  const server = new SMTPServer({
    authOptional: password === undefined,
    // One machine: nobody is between.
    disabledCommands: password === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth(auth, _session, done) {
      if (auth.password === password) done(null, { user: auth.username });
      else done(new Error(`no such password: ${auth.password}`));
    },
    logger: false,
    onRcptTo({ address }, _session, done) {
      const refusal = refuses(address);
      if (refusal === undefined) return done();
      done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    },
    onData(stream, session, done) {
      simpleParser(stream, { skipImageLinks: true }).then((mail) => {
        count += 1;
        caught.push(
          caughtSchema.parse({
            id: count,
            at: new Date(),
            to: session.envelope.rcptTo.map(({ address }) => address).join(', '),
            from: mail.from?.text ?? '',
            subject: mail.subject ?? '',
            text: mail.text ?? '',
            html: mail.html || '',
            messageId: mail.messageId ?? '',
            headerLines: mail.headerLines.map(({ key, line }) => [key, line.replace(/^[^:]*:\s*/, '')]),
          }),
        );
        if (caught.length > KEPT) caught.shift();
        done();
      }, done);
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(smtpPort, host);
  await once(listener, 'listening');
  const page = await serveMailPage(() => caught, { host, port: pagePort });
  return {
    smtpUrl: `smtp://${password === undefined ? '' : `wavefleet:${password}@`}127.0.0.1:${(listener.address() as AddressInfo).port}`,
    pageUrl: page.url,
    caught,
    async stop() {
      await Promise.all([new Promise<void>((resolve) => server.close(() => resolve())), page.stop()]);
    },
  };
}
