/**
 * A failure as a page, for people: a browser that follows a link shows whatever it is answered. Nothing that was asked
 * stands in it, so that no link can put words into it.
 */
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import type { Failure } from '@wavefleet/contracts/failure.ts';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { html } from 'hono/html';
import type { AppEnv } from './context.ts';
import { type Markup, plainPage, plainPolicy } from './plain-page.ts';

/** What such a page may load and do: nothing but its style. */
export const FAILURE_POLICY = plainPolicy("form-action 'none'");

const PAGE = 'text/html';
const JSON_ANSWER = 'application/json';
/** Types that a JSON answer is of, or is among. */
const LIKE_JSON = /^(application\/(json|\*|[^/]+\+json)|\*\/\*|\*)$/;

/**
 * Whether who asks would rather read a page. Browsers that go to an address say so; their scripts and players do not.
 * Programs may name `text/html` as well (Java's `HttpURLConnection` does, before anything else): they get one only where
 * they take nothing else, or name `application/xhtml+xml` too, as every browser does.
 */
export function wantsPage(c: Context<AppEnv>): boolean {
  const match = (accepted: readonly { type: string; q: number }[]) => {
    const wishFor = (isMeant: (type: string) => boolean) =>
      Math.max(0, ...accepted.filter(({ type }) => isMeant(type.toLowerCase())).map(({ q }) => q));
    const json = wishFor((type) => LIKE_JSON.test(type));
    const isBrowser = wishFor((type) => type === 'application/xhtml+xml') > 0;
    return wishFor((type) => type === PAGE) > json && (isBrowser || json === 0) ? PAGE : JSON_ANSWER;
  };
  const supports = [JSON_ANSWER, PAGE];
  return accepts(c, { header: 'Accept', supports, default: JSON_ANSWER, match }) === PAGE;
}

interface Words {
  readonly title: string;
  /** Default: the sentence of the error table. */
  readonly sentence?: string;
  readonly link: { readonly href: string; readonly text: string };
}

const START = { href: '/', text: 'Go to the start page' };
/** The very address that was asked for, without repeating it. */
const AGAIN = { href: '', text: 'Try again' };
const SIGN_IN = { href: '/#/sign-in', text: 'Sign in again' };

const nothingHere: Words = {
  title: 'There is nothing here',
  sentence: 'The address is incomplete, or what was here is gone or belongs to somebody else.',
  link: START,
};
const notSignedIn: Words = {
  title: 'You are not signed in',
  sentence: 'This belongs to an account. If it is yours, sign in and open the address again.',
  link: START,
};

/** Where the table's sentence is for programs, or the way on is another one. */
const ownWords: Partial<Record<ErrorCode, Words>> = {
  OAUTH_STATE_INVALID: { title: 'You are not signed in', link: SIGN_IN },
  SIGN_IN_FAILED: { title: 'You are not signed in', link: SIGN_IN },
  UNAUTHENTICATED: notSignedIn,
  INVALID_TOKEN: notSignedIn,
  TOKEN_EXPIRED: notSignedIn,
  NOT_FOUND: nothingHere,
  JOB_NOT_FOUND: nothingHere,
  METHOD_NOT_ALLOWED: nothingHere,
};

/** Where a provider leads back to; each such address is good for one visit. */
const CALLBACKS = '/api/auth/callback/';

/** @param waitSeconds how long until it may go better; undefined where that is not known, or never. */
export function failurePage(c: Context<AppEnv>, failure: Failure, waitSeconds: number | undefined): Markup {
  const { title, sentence, link } = ownWords[failure.code] ?? general(failure);
  const { href, text } = c.req.path.startsWith(CALLBACKS) ? SIGN_IN : link;
  const wait = waitSeconds === undefined ? '' : html`<p>Wait ${waitSeconds} s before you try again.</p>\n`;
  return plainPage(
    title,
    html`<h1>${title}</h1>
<p>${sentence ?? failure.message}</p>
${wait}<p><a href="${href}">${text}</a></p>
<p class="quiet">${failure.code} · request ${c.var.requestId}</p>`,
  );
}

function general({ status, retryable }: Failure): Words {
  const passes = retryable && status !== 500;
  return { title: passes ? 'Not right now' : 'That did not work', link: retryable ? AGAIN : START };
}
