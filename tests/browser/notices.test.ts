/** Webhooks and e-mails on the page: an address is added, tried, looked after and deleted; e-mails are asked for and stopped. */
import { createServer, type ServerResponse } from 'node:http';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { type MailCatcher, startMailCatcher } from '@wavefleet/localstack/mail/catcher.ts';
import { type LocalProvider, startProvider } from '@wavefleet/localstack/sign-in.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { addFiles, convert, reached, signIn } from './drive.ts';
import { screenshot, Visitors } from './visitors.ts';

let fleet: Fleet;
let provider: LocalProvider;
let catcher: MailCatcher;
let visitors: Visitors;
let hook = '';
const received: { readonly body: string; readonly headers: Record<string, string> }[] = [];
/** What the receiver answers. */
let answer = (response: ServerResponse) => response.writeHead(204).end();

const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    received.push({ body: Buffer.concat(chunks).toString(), headers: Object.fromEntries(headers) });
    answer(response);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  hook = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/hook`;
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startProvider(publicUrl);
  catcher = await startMailCatcher();
  fleet = await Fleet.start({
    ...{ workers: 1, notifier: true, port },
    env: {
      ...{ AUTH: 'optional', PUBLIC_URL: publicUrl, TOKEN_KEYS: JSON.stringify({ keys: [newTokenKey()] }) },
      ...{
        MAIL_FROM: 'wavefleet <noreply@wavefleet.test>',
        SMTP_URL: catcher.smtpUrl,
        MAIL_GATHER_MS: '500',
      },
      WEBHOOK_PRIVATE_ADDRESSES: 'true',
      ...provider.env,
    },
  });
  visitors = await Visitors.start(fleet.apiUrl);
  await makeSample(fleet.file('song.flac'), { seconds: 2 });
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
  await provider?.stop();
  await catcher?.stop();
  receiver.closeAllConnections();
  receiver.close();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

test('a webhook is added, tried, looked after, given another secret, switched off and deleted', async () => {
  const page = await visitors.visit();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('There are no webhooks yet.').waitFor();
  await page.getByLabel('Address of the webhook').fill(hook);
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  const secret = (await page.getByTestId('webhook-secret').textContent()) ?? '';
  expect(secret).toMatch(/^whsec_/);
  await page.getByRole('button', { name: 'I have it' }).click();

  await page.getByRole('button', { name: `Send a test ${hook}` }).click();
  const delivery = page.getByTestId('delivery');
  await delivery.getByText('delivered').waitFor();
  const [first] = received;
  expect(first && new Webhook(secret).verify(first.body, first.headers)).toMatchObject({
    type: 'webhook.test',
  });
  await screenshot(page, 'webhook');

  answer = (response) => response.writeHead(410).end();
  await delivery.getByRole('button', { name: /^Send again/ }).click();
  await delivery.getByText('given up').waitFor();
  expect(received[1]?.body).toBe(first?.body);
  answer = (response) => response.writeHead(204).end();

  await page.getByRole('button', { name: `New secret ${hook}` }).click();
  expect(await page.getByTestId('webhook-secret').textContent()).not.toBe(secret);
  // Its receiver has said that it wants no more.
  await page.reload();
  await page.getByText('Off: nothing is sent').waitFor();
  await page.getByRole('button', { name: `Switch on ${hook}` }).click();
  await page.getByRole('button', { name: `Switch off ${hook}` }).waitFor();
  await page.getByLabel('Address of the webhook').fill('ftp://example.com/');
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  await page
    .getByRole('alert')
    .getByText(/^Webhooks may only go to public addresses/)
    .waitFor();
  await page.getByRole('button', { name: `Delete ${hook}` }).click();
  await page.getByText('There are no webhooks yet.').waitFor();
});

test('e-mails are asked for, tell of a conversion with a link, and are stopped by a click in one of them', async () => {
  const page = await visitors.visit();
  await page.goto(`${fleet.apiUrl}/#/settings`);
  await page.getByRole('heading', { name: 'Webhooks' }).waitFor();
  await expect.poll(() => page.getByRole('heading', { name: 'E-mails' }).count()).toBe(0);
  await signIn(page, 'ann');
  await page.getByRole('link', { name: 'Settings' }).click();
  const all = page.getByRole('radio', { name: /^About every conversion/ });
  await expect.poll(() => all.isChecked()).toBe(false);
  const kept = page.waitForResponse((response) => response.request().method() === 'PATCH');
  await all.check();
  expect((await kept).status()).toBe(200);
  await screenshot(page, 'email-notices');
  await page.getByRole('link', { name: 'Convert' }).click();
  await addFiles(page, fleet.file('song.flac'));
  await convert(page, 'MP3');
  await reached(page, 'completed');
  const mail = await until('an e-mail', () => catcher.caught[0], 60_000);
  expect([mail.to, mail.subject]).toEqual(['ann@example.test', 'song.flac is ready as MP3']);

  // As a mailbox shows it: alone, without scripts.
  const mailbox = await visitors.visit();
  await mailbox.goto(catcher.pageUrl);
  const shown = mailbox.frameLocator('iframe').first();
  await shown.getByRole('heading', { name: 'Your file is ready' }).waitFor();
  await screenshot(mailbox, 'dev-mail');
  await mailbox.goto(`${catcher.pageUrl}/1/html`);
  await mailbox.goto(
    (await mailbox.getByRole('link', { name: 'Listen or download' }).getAttribute('href')) ?? '',
  );
  await mailbox.getByRole('heading', { name: 'song.mp3' }).waitFor();
  await mailbox.goto(`${catcher.pageUrl}/1/html`);
  await mailbox.goto(
    (await mailbox.getByRole('link', { name: 'Stop these e-mails' }).getAttribute('href')) ?? '',
  );
  await mailbox.getByRole('button', { name: 'Stop e-mails' }).click();
  await mailbox.getByRole('heading', { name: 'No more e-mails' }).waitFor();
  await screenshot(mailbox, 'unsubscribed');
  await page.goto(`${fleet.apiUrl}/#/settings`);
  await page.reload();
  const never = page.getByRole('radio', { name: 'Never' });
  await never.waitFor();
  await expect.poll(() => never.isChecked()).toBe(true);
});
