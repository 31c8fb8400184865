/** Signing in with a provider, from the first click to the end of the session, with all that may go wrong between. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCodes } from '@wavefleet/contracts/error-codes.ts';
import { jobListSchema, submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { freshTokenSchema, meSchema, scopes } from '@wavefleet/contracts/people.ts';
import { uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import type { LocalProvider } from '@wavefleet/localstack/sign-in.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { newTokenKey, turnedOver } from '@wavefleet/platform/people/token-keys.ts';
import { newSecret } from '@wavefleet/platform/secret.ts';
import { importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { browserHeaders, callerOf } from '../bring-up/caller.ts';
import { loseAnswerOf } from '../bring-up/client-faults.ts';
import { everythingStored } from '../bring-up/everything-stored.ts';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Person } from '../bring-up/person.ts';
import { startWithSignIn } from '../bring-up/signing-in.ts';
import type { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';

let stand: Stand;
let provider: LocalProvider;
beforeAll(async () => {
  ({ stand, provider } = await startWithSignIn());
});
afterAll(async () => {
  await stand?.stop();
  await provider?.stop();
});

const person = () => new Person(`http://127.0.0.1:${stand.port}`);
const me = async (who: Person) => meSchema.parse(await (await who.ask('/api/me')).json());
const SESSION = 'wavefleet-session';
const ACCESS = 'wavefleet-access';

async function signedIn(name: string): Promise<Person> {
  const who = person();
  await who.signIn(name);
  return who;
}

async function uploadOf(who: Person): Promise<string> {
  const body = new Uint8Array(cutOffWav);
  const answer = await who.ask('/api/upload-audio', { method: 'POST', body });
  return uploadedSchema.parse(await answer.json()).fileId;
}

/** A job that waits. */
async function jobOf(who: Person): Promise<string> {
  const answer = await who.post('/api/jobs', { fileId: await uploadOf(who), format: 'mp3' });
  return submittedSchema.parse(await answer.json()).jobId;
}

test('there is no account and no session until somebody signs in; then it is who they are, and hashes, and no password', async () => {
  const ofPeople = async () => {
    const stored = await everythingStored(stand.platform);
    return stored.filter((each) => /"id":"(account|session):/.test(each)).sort();
  };
  await person().ask('/');
  await person().goToProvider('ann');
  expect(await ofPeople()).toEqual([]);
  const ann = await signedIn('ann');
  const [account = '', session = '', ...others] = await ofPeople();
  expect(others).toEqual([]);
  const namesIn = (item: string) => [...item.matchAll(/"(\w+)":/g)].map(([, name]) => name).join(' ');
  expect(namesIn(account)).toBe(
    'createdAt email emailVerified id issuer name ownerId provider signedInAt subject',
  );
  expect(namesIn(session)).toBe('createdAt id ownerId rotatedAt secretHash sessionId ttl');
  for (const token of [ann.cookie(SESSION)?.slice(37), ann.cookie(ACCESS)])
    expect(account + session).not.toContain(token ?? expect.fail('there is no token'));
});

test('who signs in is the same owner in every browser, and another one is not', async () => {
  const before = person();
  await before.ask('/');
  expect(await me(before)).toMatchObject({
    kind: 'browser',
    auth: {
      mode: 'optional',
      providers: [{ id: 'oidc', href: `http://127.0.0.1:${stand.port}/api/auth/sign-in/oidc` }],
      hasSession: false,
    },
  });
  expect(await before.signIn('ann', '/#/history')).toBe('/#/history');
  const [here, there, ben] = [
    await me(before),
    await me(await signedIn('ann')),
    await me(await signedIn('ben')),
  ];
  expect(here).toMatchObject({
    kind: 'account',
    ownerId: expect.stringMatching(/^account:[\w-]{43}$/),
    account: { provider: 'oidc', name: 'ann', email: 'ann@example.test' },
    auth: { hasSession: true },
  });
  expect(there.ownerId).toBe(here.ownerId);
  expect(ben.ownerId).not.toBe(here.ownerId);
});

test('a sign-in whose state was taken out, and whose answer from the table is lost, ends all the same, and once', async () => {
  const ann = person();
  const back = await ann.goToProvider('ann');
  const wasLost = loseAnswerOf(stand.platform.aws.dynamo, 'SET takenBy');
  expect([(await ann.ask(back)).status, wasLost()]).toEqual([302, true]);
  expect((await me(ann)).kind).toBe('account');
  expect(await refusal(await ann.ask(back))).toBe('400 OAUTH_STATE_INVALID');
});

describe('a sign-in that is not this one', () => {
  test('comes back a second time, to another browser, with a made-up state, or without the cookie: refused', async () => {
    const ann = person();
    const back = await ann.goToProvider('ann');
    const thief = person();
    expect(await refusal(await thief.ask(back))).toBe('400 OAUTH_STATE_INVALID');
    // The state is used up, also for whom it was.
    expect(await refusal(await ann.ask(back))).toBe('400 OAUTH_STATE_INVALID');
    const again = person();
    const fresh = await again.goToProvider('ann');
    expect((await again.ask(fresh)).status).toBe(302);
    expect(await refusal(await again.ask(fresh))).toBe('400 OAUTH_STATE_INVALID');
    const madeUp = '/api/auth/callback/oidc?code=x&state=y';
    expect(await refusal(await again.ask(madeUp))).toBe('400 OAUTH_STATE_INVALID');
    expect(await refusal(await again.ask('/api/auth/callback/oidc'))).toBe('400 OAUTH_STATE_INVALID');
  });

  test('has a code that the provider never gave, or gave another, or an issuer that is another: who it is is not known', async () => {
    const ben = person();
    const used = new URL(await ben.goToProvider('ben'));
    expect((await ben.ask(used.href)).status).toBe(302);
    for (const [part, value] of [
      ['code', 'made-up'],
      ['code', used.searchParams.get('code') ?? ''],
      ['iss', 'https://evil.example'],
    ] as const) {
      const ann = person();
      const back = new URL(await ann.goToProvider('ann'));
      back.searchParams.set(part, value);
      expect(await refusal(await ann.ask(back.href)), part).toBe('400 SIGN_IN_FAILED');
      expect((await me(ann)).kind).not.toBe('account');
    }
  });

  test('ends in a browser: a page says so and leads back to the sign-in, and repeats nothing that it was sent', async () => {
    const ann = person();
    const back = new URL(await ann.goToProvider('ann'));
    back.searchParams.set('code', '"><script>made-up');
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    for (const [address, code] of [
      [back.href, 'SIGN_IN_FAILED'],
      [back.href, 'OAUTH_STATE_INVALID'],
      ['/api/auth/callback/oidc?error="><script>', 'OAUTH_STATE_INVALID'],
    ] as const) {
      const answer = await ann.ask(address, { headers });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      const page = await answer.text();
      expect(page).toContain(errorCodes[code].sentence);
      expect(page).toContain('<a href="/#/sign-in">Sign in again</a>');
      expect(page).not.toContain('script');
    }
  });

  test('is asked for with the hash of a secret that stays here (S256), and with another secret nobody is signed in', async () => {
    const ann = person();
    const away = (await ann.ask('/api/auth/sign-in/oidc')).headers.get('location') ?? '';
    const { searchParams } = new URL(away);
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    const { signIns } = stand.platform;
    const { expiresAt: _, ...begun } =
      (await signIns.take(searchParams.get('state') ?? '')) ?? expect.fail('it was not begun');
    const hash = createHash('sha256').update(begun.verifier).digest('base64url');
    expect(searchParams.get('code_challenge')).toBe(hash);
    expect(away).not.toContain(begun.verifier);
    for (const [verifier, status] of [
      [newSecret(), 400],
      [undefined, 302],
    ] as const) {
      const back = await ann.goToProvider('ann');
      const state = new URL(back).searchParams.get('state') ?? '';
      const { expiresAt: _ends, ...known } = (await signIns.take(state)) ?? expect.fail('it was not begun');
      await signIns.begin(state, { ...known, ...(verifier === undefined ? {} : { verifier }) });
      expect((await ann.ask(back)).status).toBe(status);
    }
  });

  test('was denied at the provider: back to the page, and nobody is signed in', async () => {
    const ann = person();
    const answer = await ann.ask(await ann.goToProvider('ann', 'no'));
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/#/denied']);
    expect(ann.cookie(SESSION)).toBeUndefined();
  });

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', ''])(
    'wants to lead to %j: it leads to the start',
    async (next) => {
      expect(await person().signIn('ann', next)).toBe('/');
    },
  );

  test('is one of two that a browser has begun: both end well, and in another browser neither', async () => {
    const ann = person();
    const [first, second] = [await ann.goToProvider('ann'), await ann.goToProvider('ann')];
    expect(await refusal(await signedIn('ben').then((ben) => ben.ask(first)))).toBe(
      '400 OAUTH_STATE_INVALID',
    );
    const third = await ann.goToProvider('ann');
    for (const back of [second, third]) expect((await ann.ask(back)).status).toBe(302);
    expect((await me(ann)).kind).toBe('account');
  });

  test('names a provider that is none: there is nothing', async () => {
    expect(await refusal(await person().ask('/api/auth/sign-in/google'))).toBe('404 NOT_FOUND');
  });
});

describe('the session', () => {
  test('each refresh gives the next tokens, both out of reach of scripts', async () => {
    const ann = await signedIn('ann');
    const old = ann.cookie(SESSION);
    const answer = await ann.post('/api/auth/refresh');
    expect(answer.headers.getSetCookie().map((line) => line.replace(/=[^;]+/, '=…'))).toEqual([
      `${ACCESS}=…; Max-Age=600; Path=/; HttpOnly; SameSite=Lax`,
      `${SESSION}=…; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax`,
    ]);
    const { accessToken } = freshTokenSchema.parse(await answer.json());
    expect(ann.cookie(ACCESS)).toBe(accessToken);
    expect(ann.cookie(SESSION)).not.toBe(old);
    const headers = { authorization: `Bearer ${accessToken}` };
    expect(await (await stand.request('/api/me', { headers })).json()).toMatchObject({ kind: 'account' });
  });

  test('each sign-in and each refresh makes tokens anew, of 256 random bits', async () => {
    const [first, second] = [await signedIn('ann'), await signedIn('ann')];
    const tokens = [first, second].map((who) => who.cookie(SESSION) ?? '');
    for (let each = 0; each < 3; each += 1) {
      expect((await first.post('/api/auth/refresh')).status).toBe(200);
      tokens.push(first.cookie(SESSION) ?? '');
    }
    const secrets = tokens.map(
      (token) => /^[0-9a-f-]{36}\.([\w-]{43})$/.exec(token)?.[1] ?? expect.fail(token),
    );
    expect(new Set(secrets).size).toBe(tokens.length);
    for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    // Of a session only its id stays the same, and no two have one.
    expect(new Set(tokens.map((token) => token.slice(0, 36))).size).toBe(2);
  });

  test('a stolen refresh token ends it for thief and owner alike', async () => {
    const ann = await signedIn('ann');
    const stolen = ann.cookie(SESSION) ?? '';
    for (let each = 0; each < 2; each += 1) expect((await ann.post('/api/auth/refresh')).status).toBe(200);
    const access = ann.cookie(ACCESS) ?? '';
    const thief = person();
    await thief.ask('/');
    thief.setCookie(SESSION, stolen);
    expect(await refusal(await thief.post('/api/auth/refresh'))).toBe('401 INVALID_TOKEN');
    expect(await refusal(await ann.post('/api/auth/refresh'))).toBe('401 INVALID_TOKEN');
    expect([ann.cookie(SESSION), ann.cookie(ACCESS)]).toEqual([undefined, undefined]);
    const headers = { authorization: `Bearer ${access}` };
    expect(await refusal(await stand.request('/api/jobs', { headers }))).toBe('401 INVALID_TOKEN');
  });

  test('two tabs that refresh at once are no theft', async () => {
    const ann = await signedIn('ann');
    const headers = browserHeaders(`${SESSION}=${ann.cookie(SESSION)}`);
    const ask = () => stand.request('/api/auth/refresh', { method: 'POST', headers });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const given = answers.map((each) =>
      each.headers.getSetCookie().find((line) => line.startsWith(`${SESSION}=`)),
    );
    // Whichever answer the browser keeps, it goes on with that.
    expect(new Set(given).size).toBe(1);
    ann.setCookie(SESSION, given[0]?.split(/[=;]/)[1] ?? '');
    for (let each = 0; each < 2; each += 1) expect((await ann.post('/api/auth/refresh')).status).toBe(200);
  });

  test('an answer that was lost is given again, hours later too, until something of it has come back', async () => {
    const ann = await signedIn('ann');
    const old = ann.cookie(SESSION) ?? '';
    const headers = browserHeaders(`${SESSION}=${old}`);
    const lost = await stand.request('/api/auth/refresh', { method: 'POST', headers });
    const { accessToken } = freshTokenSchema.parse(await lost.json());
    const { sessions } = stand.platform;
    const hours = Date.now() + 5 * 3_600_000;
    const again = await sessions.rotate(old, hours);
    expect(lost.headers.getSetCookie().join()).toContain(
      again.outcome === 'fresh' ? again.token : 'no token',
    );
    // Somebody has it: from now on the old one is a stolen one, but for a minute.
    const authorization = `Bearer ${accessToken}`;
    expect((await stand.request('/api/jobs', { headers: { authorization } })).status).toBe(200);
    const sessionId = old.slice(0, 36);
    await until('it is known to have arrived', async () => (await sessions.get(sessionId))?.arrived);
    expect((await ann.post('/api/auth/refresh')).status).toBe(200);
    expect(await sessions.rotate(old, hours)).toMatchObject({ outcome: 'reused' });
    expect(await refusal(await ann.post('/api/auth/refresh'))).toBe('401 INVALID_TOKEN');
  });

  test('an access token that is left alone goes with the refusal, and keeps nobody out', async () => {
    const ann = person();
    await ann.ask('/');
    ann.setCookie(ACCESS, 'what.is.none');
    expect(await refusal(await ann.ask('/api/me'))).toBe('401 INVALID_TOKEN');
    expect(await refusal(await ann.post('/api/auth/refresh'))).toBe('401 UNAUTHENTICATED');
    expect((await me(ann)).kind).toBe('browser');
  });

  test('signing out ends it at once, on the server too', async () => {
    const ann = await signedIn('ann');
    const [access, session] = [ann.cookie(ACCESS), ann.cookie(SESSION)];
    expect((await ann.post('/api/auth/sign-out')).status).toBe(204);
    expect((await me(ann)).kind).not.toBe('account');
    const headers = { authorization: `Bearer ${access}` };
    expect(await refusal(await stand.request('/api/jobs', { headers }))).toBe('401 INVALID_TOKEN');
    const again = person();
    await again.ask('/');
    again.setCookie(SESSION, session ?? '');
    expect(await refusal(await again.post('/api/auth/refresh'))).toBe('401 INVALID_TOKEN');
  });

  test('signing out, or revoking a key, breaks off what was begun with it, and nothing else', async () => {
    const [ann, elsewhere] = [await signedIn('ann'), await signedIn('ann')];
    const { ownerId } = await me(ann);
    const jobId = await jobOf(ann);
    const { apiKeys } = stand.platform;
    const { key, token } = await apiKeys.make({ ownerId, name: 'lost', scopes, expiresInDays: 1 });
    const authorization = `Bearer ${token}`;
    const follow = async (who: Person, headers: Record<string, string> = {}) => {
      const answer = await who.ask(`/api/jobs/${jobId}/events`, { headers });
      expect(answer.status).toBe(200);
      return { ended: answer.text().catch(() => 'broken off') };
    };
    const ofSession = await follow(ann);
    const ofKey = await follow(person(), { authorization });
    const upload = request({
      ...{ port: stand.port, path: '/api/upload-audio', method: 'POST', headers: { authorization } },
    });
    upload.write('RIFF');
    const uploading = once(upload, 'response').catch(() => 'broken off');
    const done = await jobOf(ann);
    // More than lies between the two.
    await stand.byHand.complete(await stand.byHand.claim(done), Buffer.alloc(64 * 1024 ** 2));
    const download = get({
      port: stand.port,
      path: `/api/download?jobId=${done}`,
      headers: { authorization },
    });
    const [body] = (await once(download, 'response')) as [IncomingMessage];
    const downloading = once(body, 'end').catch(() => 'broken off');
    // Slowly: who reads nothing does not hear that there is no more.
    body.pause();
    const reading = setInterval(() => body.read(), 25);
    onTestFinished(() => clearInterval(reading));
    let goesOn = true;
    const other = await follow(elsewhere);
    void other.ended.then(() => {
      goesOn = false;
    });
    expect((await ann.post('/api/auth/sign-out')).status).toBe(204);
    await apiKeys.revoke(ownerId, key.keyId);
    const revokedAtMs = performance.now();
    const begun = [ofSession.ended, ofKey.ended, uploading, downloading];
    expect(await Promise.all(begun)).toEqual(begun.map(() => 'broken off'));
    // As SECURITY.md has it, and what a busy machine needs besides.
    expect(performance.now() - revokedAtMs).toBeLessThan(15_000);
    expect(goesOn).toBe(true);
  });

  test('who signs in once more has left the session before', async () => {
    const who = await signedIn('ann');
    const headers = { authorization: `Bearer ${who.cookie(ACCESS)}` };
    await who.signIn('ann');
    expect((await me(who)).kind).toBe('account');
    expect(await refusal(await stand.request('/api/jobs', { headers }))).toBe('401 INVALID_TOKEN');
  });

  test('signing out with an old refresh token ends it at once as well', async () => {
    const ann = await signedIn('ann');
    const old = ann.cookie(SESSION) ?? '';
    for (let each = 0; each < 2; each += 1) await ann.post('/api/auth/refresh');
    const headers = { authorization: `Bearer ${ann.cookie(ACCESS)}` };
    expect((await stand.request('/api/jobs', { headers })).status).toBe(200);
    ann.setCookie(SESSION, old);
    expect((await ann.post('/api/auth/sign-out')).status).toBe(204);
    expect(await refusal(await stand.request('/api/jobs', { headers }))).toBe('401 INVALID_TOKEN');
  });

  test('another site can neither refresh nor sign out', async () => {
    const ann = await signedIn('ann');
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    for (const path of ['/api/auth/refresh', '/api/auth/sign-out'])
      expect(await refusal(await ann.ask(path, { method: 'POST', headers }))).toBe('403 CSRF_REJECTED');
    expect((await me(ann)).kind).toBe('account');
  });
});

describe('access tokens', () => {
  test.each([
    ['unsigned', { alg: 'none' }],
    ['of a foreign key', { foreign: true }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another audience', { aud: 'another' }],
    ['not valid yet', { nbf: 75 }],
    ['that says to be an ID token', { typ: 'JWT' }],
    ['of no session', { sid: '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01' }],
    ['of another owner', { sub: 'account:ben' }],
    ['whose key is said to be elsewhere', { jku: true, foreign: true }],
  ])('%s: 401 INVALID_TOKEN', async (_, change) => {
    expect(await refusal(await useToken(change))).toBe('401 INVALID_TOKEN');
  });

  test('one that is as it should be is taken, an old one is said to be old', async () => {
    expect((await useToken({})).status).toBe(200);
    expect(await refusal(await useToken({ exp: -75 }))).toBe('401 TOKEN_EXPIRED');
  });

  test.each([
    ['behind', { exp: -30 }],
    ['ahead', { nbf: 30 }],
  ])('one of a process whose clock is half a minute %s is taken', async (_, change) => {
    expect((await useToken(change)).status).toBe(200);
  });

  test('the public keys are there for everybody, and only they', async () => {
    const answer: unknown = await (await stand.request('/.well-known/jwks.json')).json();
    expect(answer).toEqual({
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          x: expect.any(String),
          kid: expect.any(String),
          alg: 'EdDSA',
          use: 'sig',
        },
      ],
    });
  });
});

interface Change {
  readonly alg?: string;
  readonly foreign?: boolean;
  readonly iss?: string;
  readonly aud?: string;
  readonly nbf?: number;
  readonly exp?: number;
  readonly typ?: string;
  readonly sid?: string;
  readonly sub?: string;
  readonly jku?: boolean;
}

/** Asks with a token of Ann's living session that differs in this. Times are seconds from now. */
async function useToken(change: Change): Promise<Response> {
  const ann = await signedIn('ann');
  const { ownerId } = await me(ann);
  const sessionId = (ann.cookie(SESSION) ?? '').slice(0, 36);
  const [own = expect.fail()] = stand.platform.config.TOKEN_KEYS?.keys ?? [];
  const key = change.foreign === true ? { ...newTokenKey(), kid: own.kid } : own;
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: change.iss ?? `http://127.0.0.1:${stand.port}`,
    aud: change.aud ?? 'wavefleet',
    sub: change.sub ?? ownerId,
    sid: change.sid ?? sessionId,
    rot: 0,
    iat: now,
    exp: now + (change.exp ?? 60),
    ...(change.nbf === undefined ? {} : { nbf: now + change.nbf }),
  };
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const header = {
    ...{ alg: 'EdDSA', kid: own.kid, typ: change.typ ?? 'at+jwt' },
    ...(change.jku === true ? { jku: 'http://127.0.0.1:1/jwks.json', jwk: { kty: 'OKP', x: key.x } } : {}),
  };
  const token =
    change.alg === 'none'
      ? `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`
      : await new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(key, 'EdDSA'));
  return await stand.request('/api/jobs', { headers: { authorization: `Bearer ${token}` } });
}

describe('what the browser had', () => {
  async function withThings(): Promise<{ who: Person; jobs: string[]; uploads: string[] }> {
    const who = person();
    await who.ask('/');
    const jobs = [await jobOf(who), await jobOf(who), await jobOf(who)];
    const begun = await who.post('/api/uploads', { fileName: 'a.wav', sizeBytes: 5 });
    const uploads = [await uploadOf(who), uploadViewSchema.parse(await begun.json()).fileId];
    return { who, jobs, uploads };
  }
  const history = async (who: Person) => {
    const { jobs } = jobListSchema.parse(await (await who.ask('/api/jobs?limit=100')).json());
    return jobs.map(({ jobId }) => jobId);
  };

  test('is the account’s from then on, on every device, and what the browser does after is not', async () => {
    const { who, jobs, uploads } = await withThings();
    const browser = (await me(who)).ownerId;
    await who.signIn('cat');
    for (const device of [who, await signedIn('cat')]) {
      expect((await history(device)).toSorted()).toEqual(jobs.toSorted());
      for (const fileId of uploads) expect((await device.ask(`/api/uploads/${fileId}`)).status).toBe(200);
    }
    await who.post('/api/auth/sign-out');
    const after = await me(who);
    expect(after.kind).toBe('browser');
    expect(after.ownerId).not.toBe(browser);
    expect(await history(who)).toEqual([]);
  });

  test('comes over at the next refresh where that broke off half-way', async () => {
    const { who, jobs, uploads } = await withThings();
    const { platform } = stand;
    const real = platform.belongings.move;
    // Uploads come first; after them the process is gone.
    const gone = () => {
      throw new Error('the process is gone');
    };
    Reflect.set(platform.belongings, 'move', (from: string, to: string) =>
      real.call(platform.belongings, from, to, { onMoved: gone }),
    );
    await who.signIn('dan');
    Reflect.deleteProperty(platform.belongings, 'move');
    expect(await history(who)).toEqual([]);
    expect((await who.post('/api/auth/refresh')).status).toBe(200);
    await until('all has come over', async () => (await history(who)).length === jobs.length);
    for (const fileId of uploads) expect((await who.ask(`/api/uploads/${fileId}`)).status).toBe(200);
    const { ownerId } = await me(who);
    expect(await platform.belongings.move(ownerId, ownerId)).toBe(jobs.length + uploads.length + jobs.length);
  });
});

test('what was under way while its owner signed in comes over at a later refresh', async () => {
  const who = person();
  await who.ask('/');
  const [browser, cookie] = [await me(who), `wavefleet=${who.cookie('wavefleet')}`];
  await who.signIn('eve');
  const { ownerId } = await me(who);
  const { sessions } = stand.platform;
  const goesOn = async () => {
    const fileId = await callerOf(stand, cookie).upload();
    expect((await who.post('/api/auth/refresh')).status).toBe(200);
    await until('it has come over', async () => (await who.ask(`/api/uploads/${fileId}`)).status === 200);
  };
  await goesOn();
  await goesOn();
  // Not for ever: after a minute the browser's former cookie is nobody's.
  const { session, token } = await sessions.begin(ownerId, browser.ownerId, Date.now() - 61_000);
  who.setCookie(SESSION, token);
  await goesOn();
  await until('all is over', async () => (await sessions.get(session.sessionId))?.adopts === undefined);
});

test('GitHub, which is no provider of OpenID Connect: who somebody is, it says in its own way', async () => {
  const gitHub = await startGitHub();
  await stand.restartApi({
    GITHUB_URL: gitHub.url,
    GITHUB_CLIENT_ID: 'client',
    GITHUB_CLIENT_SECRET: 'secret',
  });
  const back = async (who: Person) => {
    const away = (await who.ask('/api/auth/sign-in/github')).headers.get('location') ?? '';
    return (await fetch(away, { redirect: 'manual' })).headers.get('location') ?? '';
  };
  const octocat = person();
  expect((await octocat.ask(await back(octocat))).status).toBe(302);
  expect(await me(octocat)).toMatchObject({
    kind: 'account',
    account: { provider: 'github', name: 'The Octocat', email: 'ann@example.test' },
  });
  const { ownerId } = await me(octocat);
  expect(await stand.platform.accounts.get(ownerId)).toMatchObject({ emailVerified: true });
  // The same address at another provider is another person.
  expect((await me(await signedIn('ann'))).ownerId).not.toBe((await me(octocat)).ownerId);
  // Who writes somebody else's address there has not answered an e-mail to it.
  gitHub.forgetsToVerify();
  const again = person();
  expect((await again.ask(await back(again))).status).toBe(302);
  expect(await stand.platform.accounts.get(ownerId)).toMatchObject({
    ...{ email: 'ann@example.test', emailVerified: false },
  });
  // GitHub says so with status 200.
  gitHub.refuse();
  const late = person();
  expect(await refusal(await late.ask(await back(late)))).toBe('400 SIGN_IN_FAILED');
  await gitHub.stop();
});

/** As much of GitHub as a sign-in meets (GitHub: "Authorizing OAuth apps"). */
async function startGitHub() {
  let refuses = false;
  let verified = true;
  const server = createServer((asked, answer) => {
    const url = new URL(asked.url ?? '', 'http://localhost');
    const json = (body: unknown) => {
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify(body));
    };
    if (url.pathname === '/login/oauth/authorize') {
      const location = new URL(url.searchParams.get('redirect_uri') ?? '');
      location.searchParams.set('code', 'code');
      location.searchParams.set('state', url.searchParams.get('state') ?? '');
      location.searchParams.set('iss', `http://${asked.headers.host}/login/oauth`);
      answer.writeHead(302, { location: location.href }).end();
    } else if (url.pathname === '/login/oauth/access_token') {
      json(refuses ? { error: 'bad_verification_code' } : { access_token: 'token', token_type: 'bearer' });
    } else if (url.pathname === '/api/v3/user') json({ id: 583_231, login: 'octocat', name: 'The Octocat' });
    else json([{ email: 'ann@example.test', primary: true, verified }]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    refuse: () => {
      refuses = true;
    },
    forgetsToVerify: () => {
      verified = false;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('while a deployment brings new signing keys, the old processes and the new ones believe each other', async () => {
  const keys = turnedOver(stand.platform.config.TOKEN_KEYS?.keys ?? []);
  const port = await stand.addApi({ TOKEN_KEYS: JSON.stringify({ keys }) });
  const ann = await signedIn('ann');
  const ask = async (apiPort: number, accessToken: string) =>
    (
      await fetch(`http://127.0.0.1:${apiPort}/api/jobs`, {
        headers: { authorization: `Bearer ${accessToken}` },
      })
    ).status;
  expect(await ask(port, ann.cookie(ACCESS) ?? '')).toBe(200);
  const there = new Person(`http://127.0.0.1:${port}`);
  await there.ask('/');
  there.setCookie(SESSION, ann.cookie(SESSION) ?? '');
  const { accessToken } = freshTokenSchema.parse(await (await there.post('/api/auth/refresh')).json());
  expect([await ask(port, accessToken), await ask(stand.port, accessToken)]).toEqual([200, 200]);
});

test('a new signing key signs out nobody, one that is taken away makes its tokens none, and a refresh mends it', async () => {
  const ann = await signedIn('ann');
  const old = stand.platform.config.TOKEN_KEYS?.keys ?? [];
  const next = newTokenKey();
  await stand.restartApi({ TOKEN_KEYS: JSON.stringify({ keys: [next, ...old] }) });
  expect((await me(ann)).kind).toBe('account');
  await stand.restartApi({ TOKEN_KEYS: JSON.stringify({ keys: [next] }) });
  expect(await refusal(await ann.ask('/api/me'))).toBe('401 INVALID_TOKEN');
  expect((await ann.post('/api/auth/refresh')).status).toBe(200);
  expect((await me(ann)).kind).toBe('account');
});

test('where sign-in was switched off again, what browsers still have of it is nothing', async () => {
  const ann = await signedIn('ann');
  const authorization = `Bearer ${ann.cookie(ACCESS)}`;
  await stand.restartApi({ AUTH: 'off' });
  expect(await me(ann)).toMatchObject({ kind: 'browser', auth: { mode: 'off', hasSession: false } });
  expect(await refusal(await ann.post('/api/auth/refresh'))).toBe('401 UNAUTHENTICATED');
  expect(await refusal(await stand.request('/api/jobs', { headers: { authorization } }))).toBe(
    '401 INVALID_TOKEN',
  );
});

test('where sign-in is required, a browser may look at what is offered, and at nothing else', async () => {
  await stand.restartApi({ AUTH: 'required' });
  const who = person();
  await who.ask('/');
  for (const path of ['/api/jobs', '/api/keys', '/api/download?jobId=x'])
    expect(await refusal(await who.ask(path)), path).toBe('401 UNAUTHENTICATED');
  expect(await refusal(await stand.request('/api/jobs'))).toBe('401 UNAUTHENTICATED');
  expect((await who.ask('/api/formats')).status).toBe(200);
  expect(await me(who)).toMatchObject({ scopes: [], auth: { mode: 'required' } });
  await who.signIn('ann');
  expect((await who.ask('/api/jobs')).status).toBe(200);
});
