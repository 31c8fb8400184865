/** The page that a link leads to, and the one that says that it leads nowhere. Neither has a script. */
import { createHash } from 'node:crypto';
import { findOutputFormat } from '@wavefleet/contracts/formats.ts';
import type { OpenShare } from '@wavefleet/platform/jobs/shares.ts';
import { html, raw } from 'hono/html';
import type { ResultFile } from '../jobs/result-file.ts';

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
a{display:inline-block;padding:8px 18px;border-radius:999px;background:var(--accent);color:var(--on-accent);font-weight:600;text-decoration:none}
`;

/** What the pages may load: their own style and sound. Nobody may frame them. */
export const SHARE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "media-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

type Markup = ReturnType<typeof html>;

const page = (title: string, body: Markup): Markup => html`<!doctype html>
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

/** The same bytes for every link that does not lead anywhere, whyever. */
export const NOWHERE_PAGE = page(
  'This link leads nowhere',
  html`<h1>This link leads nowhere</h1>
<p class="quiet">It is not complete, or has expired, was used as often as it may be, or was withdrawn. Ask whoever gave it to you for a new one.</p>`,
);

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** @param at addresses of download and sound; without sound there is no player. */
export function sharePage(
  { share, job }: OpenShare,
  { fileName, sizeBytes }: Pick<ResultFile, 'fileName' | 'sizeBytes'>,
  at: { readonly download: string; readonly audio: string | undefined },
): Markup {
  const until = new Date(share.expiresAt);
  const left = share.maxDownloads === undefined ? undefined : share.maxDownloads - share.downloads;
  const facts: readonly (readonly [string, string | Markup])[] = [
    ...soundFacts(job),
    ['Size', megabytes(sizeBytes)],
    ['Link works until', html`<time datetime="${until.toISOString()}">${day.format(until)} UTC</time>`],
    ...(left === undefined ? [] : [['Downloads left', String(left)] as const]),
  ];
  return page(
    fileName,
    html`<h1>${fileName}</h1>
${at.audio === undefined ? '' : html`<audio controls preload="metadata" src="${at.audio}"></audio>`}
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<a href="${at.download}" download rel="nofollow">Download</a>`,
  );
}

function soundFacts({ format, outputS3Location: output }: OpenShare['job']): [string, string][] {
  if (output === undefined) return [];
  const { durationSeconds, sampleRate, channels, files } = output;
  return [
    ['Format', findOutputFormat(format)?.label ?? format],
    ...(files === undefined ? [] : [['Files in the zip', String(files)] as [string, string]]),
    ['Length', clock(durationSeconds)],
    ['Sound', `${sampleRate / 1000} kHz, ${channelWords(channels)}`],
  ];
}

function channelWords(channels: number): string {
  if (channels === 1) return 'mono';
  return channels === 2 ? 'stereo' : `${channels} channels`;
}

/** `3:07`, `1:03:07`. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return h === 0 ? `${m}:${two(s)}` : `${h}:${two(m)}:${two(s)}`;
}

function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
