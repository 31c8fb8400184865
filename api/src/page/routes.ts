/** `GET /` and the files of the built page; without a build, a placeholder that links to what can be used. */
import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { welcomeBrowser } from '../http/browser-cookie.ts';
import { type AppEnv, type Router, router } from '../http/context.ts';
import { underOneName } from './one-name.ts';
import { type PagePolicySettings, pagePolicy } from './page-policy.ts';
import { etagOf, NONCE_PLACEHOLDER, type PageFile, type WebPage } from './web-page.ts';

const placeholder = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>wavefleet</title>
<h1>wavefleet</h1>
<p>Audio conversion over HTTP. The page is not built (<code>npm run build:web</code>); the API works:</p>
<ul>
<li><a href="/api/openapi.json">API description (OpenAPI 3.1)</a></li>
<li><a href="/api/formats">Formats, presets and limits</a></li>
<li><a href="/api/jobs">Your jobs</a></li>
<li><a href="/api/health">Health</a></li>
</ul>
<pre>
curl -F file=@song.flac http://localhost:3000/api/upload-audio
curl -H 'content-type: application/json' -d '{"fileId":"…","format":"mp3"}' http://localhost:3000/api/jobs
</pre>
</html>
`;

const FOREVER = 'public, max-age=31536000, immutable';

/**
 * One route a file: what was not built cannot be asked for, whatever the path looks like.
 * @param webPage undefined where the page is not built.
 */
export function pageRoutes(
  settings: PagePolicySettings & Parameters<typeof underOneName>[0],
  webPage: WebPage | undefined,
): Router {
  const app = router();
  if (webPage === undefined) {
    app.get('/', (c) => c.html(placeholder));
    return app;
  }
  const { html } = webPage;
  const hasNonce = html.includes(NONCE_PLACEHOLDER);
  const etag = etagOf(html);
  app.get('/', (c) => {
    const elsewhere = underOneName(settings, c.req.header('host'));
    if (elsewhere !== undefined) return c.redirect(elsewhere);
    const isNew = welcomeBrowser(c, settings);
    const nonce = hasNonce ? randomBytes(16).toString('base64') : undefined;
    c.header('Content-Security-Policy', pagePolicy(settings, nonce));
    // Private: the answer carries the browser's cookie.
    c.header('Cache-Control', 'private, no-cache');
    if (nonce !== undefined) return c.html(html.replaceAll(NONCE_PLACEHOLDER, nonce));
    c.header('ETag', etag);
    if (!isNew && isKnown(c, etag)) return c.body(null, 304);
    return c.html(html);
  });
  for (const [path, file] of webPage.files) app.get(path, (c) => answerFile(c, file));
  return app;
}

function answerFile(c: Context<AppEnv>, file: PageFile): Response {
  c.header('ETag', file.etag);
  c.header('Cache-Control', file.immutable ? FOREVER : 'no-cache');
  c.header('Vary', 'Accept-Encoding');
  if (isKnown(c, file.etag)) return c.body(null, 304);
  c.header('Content-Type', file.mimeType);
  const taken = c.req.header('accept-encoding') ?? '';
  if (file.br !== undefined && /\bbr\b/.test(taken)) {
    c.header('Content-Encoding', 'br');
    return c.body(file.br);
  }
  if (file.gzip !== undefined && /\bgzip\b/.test(taken)) {
    c.header('Content-Encoding', 'gzip');
    return c.body(file.gzip);
  }
  return c.body(file.bytes);
}

function isKnown(c: Context<AppEnv>, etag: string): boolean {
  return c.req.header('if-none-match')?.split(/,\s*/).includes(etag) ?? false;
}
