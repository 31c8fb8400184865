/** Pages without a script, for people who come by a link of theirs: in the page's own colours, and for no search engine. */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';

/** Colours and shapes are those of `web/src/style/tokens.css`. */
const STYLE = `
:root{color-scheme:light dark;--paper:#f3f2ec;--surface:#fffefa;--ink:#15211e;--ink-2:#51605b;--line:#d5d4c8;--accent:#0a665a;--on-accent:#fff}
@media (prefers-color-scheme:dark){:root{--paper:#0f1514;--surface:#171f1d;--ink:#e9efec;--ink-2:#a4b3ad;--line:#2c3835;--accent:#5fd3ba;--on-accent:#04201a}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{box-sizing:border-box;max-width:640px;margin:8vh auto;padding:24px;background:var(--surface);border:1px solid var(--line);border-radius:14px}
h1{margin:0 0 16px;font:600 1.5rem/1.25 Georgia,serif;overflow-wrap:anywhere}
audio{width:100%;margin-bottom:16px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0 0 20px}
dt,.quiet{color:var(--ink-2)}dd{margin:0}
a,button{display:inline-block;padding:8px 18px;border:0;border-radius:999px;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
`;

const common = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
];

/** What such a page may load besides its own style. Nobody may frame it. @param more such as `media-src 'self'`. */
export function plainPolicy(...more: readonly string[]): string {
  return [...common, ...more].join('; ');
}

/** A part of a page. */
export type Markup = ReturnType<typeof html>;

/** The whole page. @param body what is below its edge. */
export const plainPage = (title: string, body: Markup): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
