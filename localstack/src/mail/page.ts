/** `/dev/mail`: what the mail catcher of this machine has caught. An e-mail is shown as a mailbox would: without its scripts. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Caught } from './caught.ts';

const PATH = '/dev/mail';
/** Other names that lead here are a page of another site that asks through this browser. */
const OWN_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'";

/** @param caught all of them, asked for with each request. @param at.port 0: a free one. */
export async function serveMailPage(
  caught: () => readonly Caught[],
  at: { readonly host: string; readonly port: number },
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => answer(caught(), request, response));
  server.listen(at.port, at.host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}${PATH}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(caught: readonly Caught[], request: IncomingMessage, response: ServerResponse): void {
  // Any page may make a browser ask for anything here, also for what is no path.
  const pathname = URL.parse(request.url ?? '', 'http://127.0.0.1')?.pathname ?? '';
  const send = (status: number, body: string, policy = POLICY) =>
    response
      .writeHead(status, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': policy,
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'Cross-Origin-Resource-Policy': 'same-origin',
      })
      .end(body);
  if (!OWN_HOST.test(request.headers.host ?? '')) return void send(403, page('Not here', ''));
  if (request.method !== 'GET') return void send(405, page('Only to look at', ''));
  if (pathname === PATH) return void send(200, listOf(caught), `${POLICY}; frame-src 'self'`);
  const [, id, as] = /^\/dev\/mail\/(\d+)\/(html|text)$/.exec(pathname) ?? [];
  const mail = caught.find((each) => String(each.id) === id);
  if (mail === undefined) return void send(404, page('There is no such e-mail', ''));
  if (as === 'html') return void send(200, mail.html, `${POLICY}; sandbox allow-popups`);
  send(200, page(mail.subject, `<pre>${escapeHtml(mail.text)}</pre>`));
}

function listOf(caught: readonly Caught[]): string {
  const items = [...caught].reverse().map(
    ({ id, at, to, subject }) => `<article>
<h2><bdi>${escapeHtml(subject)}</bdi></h2>
<p>To ${escapeHtml(to)}, ${at.toISOString()} · <a href="${PATH}/${id}/html" target="_blank">alone</a> · <a href="${PATH}/${id}/text" target="_blank">as text</a></p>
<iframe src="${PATH}/${id}/html" title="E-mail ${id}" sandbox="allow-popups"></iframe>
</article>`,
  );
  const none =
    '<p>None yet. Sign in, choose e-mails under <b>Settings</b>, convert something, and reload some seconds after it has ended.</p>';
  return page('E-mails of this machine', items.join('\n') || none);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:760px;margin:24px auto;padding:0 16px}iframe{width:100%;height:420px;border:1px solid #ccc}pre{white-space:pre-wrap}</style>
</head><body><h1>${escapeHtml(title)}</h1>
${body}
</body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
