/** E-mails on the wire: as Amazon SES gets them, and to SMTP servers that want what we do not give. */
import { createServer } from 'node:http';
import net from 'node:net';
import { requiredSettings } from '@wavefleet/platform/config.testing.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { expect, onTestFinished, test } from 'vitest';
import { type Letter, makePostman } from './postman.ts';

const letter: Letter = {
  to: 'ann@example.test',
  subject: 'Lied für Ann.wav is ready',
  text: 'Text\n',
  html: '<p>HTML</p>',
  messageId: '<1@wavefleet.test>',
  unsubscribeUrl: 'https://audio.example/unsubscribe/t',
};

const postman = (more: Record<string, string>) =>
  makePostman(
    loadConfig({
      ...requiredSettings,
      ...{ PUBLIC_URL: 'https://audio.example', MAIL_FROM: 'wavefleet <noreply@wavefleet.test>' },
      ...more,
    }),
  );

async function portOf(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** SES, which takes what it is sent or answers that error. */
async function ses(error?: string) {
  const bodies: { FromEmailAddress: string; Destination: unknown; Content: { Raw: { Data: string } } }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.setHeader('content-type', 'application/json');
      if (error === undefined) response.end('{"MessageId":"1"}');
      else
        response
          .writeHead(400, { 'x-amzn-errortype': error })
          .end('{"message":"ann@example.test is secret"}');
    });
  });
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${await portOf(server)}`,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'y',
  };
  return { bodies, postman: postman(env) };
}

test('SES gets the whole message, for its one recipient', async () => {
  const { bodies, postman: by } = await ses();
  expect(await by.post(letter)).toEqual({ ms: expect.any(Number) });
  const [body] = bodies;
  expect(body).toMatchObject({
    FromEmailAddress: 'wavefleet <noreply@wavefleet.test>',
    Destination: { ToAddresses: ['ann@example.test'] },
  });
  const raw = Buffer.from(body?.Content.Raw.Data ?? '', 'base64').toString();
  for (const line of [
    'To: ann@example.test',
    'Message-ID: <1@wavefleet.test>',
    'List-Unsubscribe: <https://audio.example/unsubscribe/t>',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'Auto-Submitted: auto-generated',
  ])
    expect(raw.split('\r\n')).toContain(line);
});

test('what SES refuses is told by its name, without what it says of addresses', async () => {
  const { postman: by } = await ses('MessageRejected');
  expect(await by.post(letter)).toEqual({
    ms: expect.any(Number),
    problem: 'not taken: MessageRejected',
    isFinal: false,
  });
});

test('a password goes to no server that does not speak TLS, unless it is this machine', async () => {
  const said: string[] = [];
  const server = net.createServer((socket) => {
    socket.write('220 plain\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      said.push(String(data));
      socket.write(String(data).startsWith('EHLO') ? '250-plain\r\n250 AUTH PLAIN\r\n' : '502 what?\r\n');
    });
  });
  const port = await portOf(server);
  // Another name of this machine, which no rule knows for it.
  const posted = await postman({ SMTP_URL: `smtp://ann:secret@127.0.0.2:${port}` }).post(letter);
  expect(posted.problem).toBeDefined();
  expect(said.join('')).not.toContain('AUTH PLAIN');
});

test('who takes a connection and says nothing is not waited for, and another one is asked again', async () => {
  const port = await portOf(net.createServer((socket) => socket.on('error', () => undefined)));
  const { ms, problem } = await postman({ SMTP_URL: `smtp://127.0.0.1:${port}` }).post(letter);
  expect(problem).toBe('not taken: ETIMEDOUT');
  expect(ms).toBeLessThan(8_000);
});
