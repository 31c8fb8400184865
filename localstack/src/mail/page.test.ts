/** The page of caught e-mails, asked as any site in the same browser can ask it. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveMailPage } from './page.ts';

const mail = {
  ...{ id: 1, at: new Date(), to: 'ann@a.example', from: 'b@b.example', messageId: '', headerLines: [] },
  subject: '<script>alert(1)</script>',
  text: '<b>text</b>',
  html: '<script>alert(2)</script><p>ready</p>',
};
let page: Awaited<ReturnType<typeof serveMailPage>>;
beforeAll(async () => {
  page = await serveMailPage(() => [mail], { host: '127.0.0.1', port: 0 });
});
afterAll(() => page.stop());

async function ask(path: string, { method = 'GET', host }: { method?: string; host?: string } = {}) {
  const { port } = new URL(page.url);
  const asked = request({ port, path, method, headers: host === undefined ? {} : { host } });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return {
    status: answer.statusCode,
    policy: answer.headers['content-security-policy'],
    body: await text(answer),
  };
}

test.each(['//', '///x', 'http://[', '*', '/%', '/dev/mail/2/html', '/dev/mail/1/other'])(
  '%s is not there, and the page goes on',
  async (path) => {
    expect((await ask(path)).status).toBe(404);
    expect((await ask('/dev/mail')).status).toBe(200);
  },
);

test('what strangers write into an e-mail is shown as text, or where no script runs', async () => {
  const list = await ask('/dev/mail');
  expect(list.body).toContain('&#60;script&#62;alert(1)');
  expect(list.body).not.toContain('<script');
  expect((await ask('/dev/mail/1/text')).body).toContain('&#60;b&#62;text');
  const html = await ask('/dev/mail/1/html');
  expect(html.body).toBe(mail.html);
  expect(html.policy).toMatch(/^default-src 'none'; .*; sandbox allow-popups$/);
});

test('under another name, or to change something, it is not there for anybody', async () => {
  expect((await ask('/dev/mail', { host: 'evil.example' })).status).toBe(403);
  expect((await ask('/dev/mail', { method: 'POST' })).status).toBe(405);
});
