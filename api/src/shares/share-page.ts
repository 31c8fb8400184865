/** The page that a link leads to, and the one that says that it leads nowhere. Neither has a script. */
import { dayAndTime, megabytes, soundFacts } from '@wavefleet/platform/jobs/result-facts.ts';
import type { OpenShare } from '@wavefleet/platform/jobs/shares.ts';
import { html } from 'hono/html';
import { type Markup, plainPage, plainPolicy } from '../http/plain-page.ts';
import type { ResultFile } from '../jobs/result-file.ts';

/** What the pages may load: their own style and sound. */
export const SHARE_POLICY = plainPolicy("media-src 'self'", "form-action 'none'");

/** The same bytes for every link that does not lead anywhere, whyever. */
export const NOWHERE_PAGE = plainPage(
  'This link leads nowhere',
  html`<h1>This link leads nowhere</h1>
<p class="quiet">It is incomplete, has expired, was revoked, or was used the maximum number of times. Ask the person who gave it to you for a new one.</p>`,
);

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
    ['Link works until', html`<time datetime="${until.toISOString()}">${dayAndTime(until)}</time>`],
    ...(left === undefined ? [] : [['Downloads left', String(left)] as const]),
  ];
  return plainPage(
    fileName,
    html`<h1>${fileName}</h1>
${at.audio === undefined ? '' : html`<audio controls preload="metadata" src="${at.audio}"></audio>`}
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<a href="${at.download}" download rel="nofollow">Download</a>`,
  );
}
