/**
 * Every route of the OpenAPI document where people have to sign in, asked by them: whose it is, a stranger, a token that
 * has ended, a session that has, and by nobody.
 */

import { accessTable } from '@wavefleet/api/http/access.ts';
import { AccessTokens } from '@wavefleet/api/people/access-tokens.ts';
import { meSchema } from '@wavefleet/contracts/people.ts';
import type { LocalProvider } from '@wavefleet/localstack/sign-in.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Person } from '../bring-up/person.ts';
import { startWithSignIn } from '../bring-up/signing-in.ts';
import type { Stand } from '../bring-up/stand.ts';
import {
  belongingsOf,
  codeOf,
  type Ids,
  isJudged,
  nothing,
  requestOf,
  routesOf,
  type Walker,
  walkAsOwner,
  walkAsStranger,
} from './route-walk.ts';

const ACCESS = 'wavefleet-access';
let api: Stand;
let provider: LocalProvider;
let ann: Person;
let ben: Person;
let annId: string;
beforeAll(async () => {
  ({ stand: api, provider } = await startWithSignIn({ AUTH: 'required' }));
  [ann, ben] = [await signedIn('ann'), await signedIn('ben')];
  annId = meSchema.parse(await (await ann.ask('/api/me')).json()).ownerId;
});
afterAll(async () => {
  await api?.stop();
  await provider?.stop();
});

const person = () => new Person(`http://127.0.0.1:${api.port}`);

async function signedIn(name: string): Promise<Person> {
  const who = person();
  await who.signIn(name);
  return who;
}

/** As a browser asks, with its cookies. */
const byCookie =
  (who: Person): Walker =>
  (route, ids = nothing) => {
    const { path, init } = requestOf(route, ids);
    return who.ask(path, init);
  };

/** As a program asks. */
const byBearer =
  (token: string): Walker =>
  (route, ids = nothing) => {
    const { path, init } = requestOf(route, ids);
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${token}`);
    return api.request(path, { ...init, headers });
  };

/** A browser that has this access token, and no session besides. */
async function withToken(token: string): Promise<Person> {
  const who = person();
  await who.ask('/');
  who.setCookie(ACCESS, token);
  return who;
}

const judged = async () => (await routesOf(api)).filter(isJudged);
const annsThings = () => belongingsOf(api, annId, byCookie(ann));

test.each([
  ['nobody', () => person()],
  ['a browser that has not signed in', () => withPage()],
])(
  'where sign-in is required, %s is refused on every route but those that are declared open',
  async (_, who) => {
    const walker = byCookie(await who());
    const [ids = nothing] = await annsThings();
    const open: string[] = [];
    for (const route of await judged()) {
      const answer = await walker(route, ids);
      if (accessTable[route] === 'open') {
        expect(answer.status, route).toBe(200);
        open.push(route);
      } else {
        expect(answer.headers.get('www-authenticate'), route).toBe('Bearer');
        expect(await codeOf(answer), route).toBe('401 UNAUTHENTICATED');
      }
    }
    expect(open).toEqual(['get /api/me', 'get /api/formats']);
    // These look at the request themselves, or are for operators.
    expect((await routesOf(api)).filter((route) => !isJudged(route))).toEqual([
      'get /api/auth/sign-in/{provider}',
      'get /api/auth/callback/{provider}',
      'post /api/auth/refresh',
      'post /api/auth/sign-out',
      'get /api/health',
      'get /api/health/live',
      'get /api/debug/jobs/{jobId}',
      'get /api/debug/system',
    ]);
  },
);

async function withPage(): Promise<Person> {
  const who = person();
  await who.ask('/');
  return who;
}

test('whose it is finds it on every route, signed in', async () => {
  await walkAsOwner(api, annsThings, byCookie(ann), (route, code) =>
    expect(code, route).not.toMatch(/^40[134]/),
  );
});

test.each([
  ['cookies', () => byCookie(ben)],
  ['a token', () => byBearer(ben.cookie(ACCESS) ?? '')],
])(
  'what is somebody else’s is to who has signed in, with %s, byte for byte what is not there',
  async (_, asBen) => {
    const hers = await annsThings();
    await walkAsStranger(api, hers, asBen(), (route, unknown, found) => {
      expect(unknown, route).toMatch(/NOT_FOUND/);
      expect(found, route).toBe(unknown);
    });
    const [, { jobId } = nothing] = hers;
    expect((await ann.ask(`/api/jobs/${jobId}`)).status).toBe(200);
  },
);

/** Of Ann's living session, and yet none. */
async function endedToken(): Promise<string> {
  const sessionId = (ann.cookie('wavefleet-session') ?? '').slice(0, 36);
  const old = new AccessTokens({ ...api.platform.config, ACCESS_SECONDS: -120 });
  return await old.sign({ ownerId: annId, sessionId, rotatedAt: 0 });
}

async function signedOutToken(): Promise<string> {
  const who = await signedIn('ann');
  const token = who.cookie(ACCESS) ?? '';
  expect((await who.post('/api/auth/sign-out')).status).toBe(204);
  return token;
}

/** A refresh token that came again has ended the session. */
async function stolenToken(): Promise<string> {
  const who = await signedIn('ann');
  const stolen = who.cookie('wavefleet-session') ?? '';
  for (let each = 0; each < 2; each += 1) await who.post('/api/auth/refresh');
  const token = who.cookie(ACCESS) ?? '';
  who.setCookie('wavefleet-session', stolen);
  expect((await who.post('/api/auth/refresh')).status).toBe(401);
  return token;
}

test.each([
  ['that has ended', endedToken, '401 TOKEN_EXPIRED'],
  ['of who has signed out', signedOutToken, '401 INVALID_TOKEN'],
  ['of a session that was stolen', stolenToken, '401 INVALID_TOKEN'],
])(
  'an access token %s is refused on every route, as a cookie and as a bearer’s',
  async (_, make, expected) => {
    const token = await make();
    const [ids = nothing]: readonly Ids[] = await annsThings();
    for (const walker of [byCookie(await withToken(token)), byBearer(token)])
      for (const route of await judged())
        expect(await codeOf(await walker(route, ids)), route).toBe(expected);
  },
);
