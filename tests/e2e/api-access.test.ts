/**
 * Every route of the OpenAPI document, asked by everybody: whose it is, a stranger, nobody, and keys that have expired,
 * were revoked, or lack the scope. A route that is new is walked as well, and fails here until it has its row. Those who
 * have signed in walk in `session-access.test.ts`.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { accessTable } from '@wavefleet/api/http/access.ts';
import { type Scope, scopes } from '@wavefleet/contracts/people.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loseAnswerOf } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';
import { tokenOf } from '../bring-up/token-of.ts';
import {
  belongingsOf,
  codeOf,
  type Ids,
  isJudged,
  nothing,
  requestOf,
  routesOf,
  walkAsOwner,
  walkAsStranger,
} from './route-walk.ts';

let api: Stand;
/** Tokens by role. */
const roles = { owner: '', stranger: '', expired: '', revoked: '' };
/** Keys of the owner that have one scope each. */
let ofScope: Record<Scope, string>;

beforeAll(async () => {
  api = await Stand.start();
  const { platform } = api;
  roles.owner = await tokenOf(platform, 'ann');
  roles.stranger = await tokenOf(platform, 'ben');
  const order = { ownerId: 'ann', name: 'old', scopes, expiresInDays: 1 };
  roles.expired = (await platform.apiKeys.make(order, Date.now() - 2 * 86_400_000)).token;
  const { key, token } = await platform.apiKeys.make({ ...order, name: 'lost' });
  await platform.apiKeys.revoke('ann', key.keyId);
  roles.revoked = token;
  const each = await Promise.all(
    scopes.map(async (scope) => [scope, await tokenOf(platform, 'ann', [scope])] as const),
  );
  ofScope = Object.fromEntries(each) as Record<Scope, string>;
});
afterAll(() => api?.stop());

const ask = async (token: string | undefined, route: string, ids: Ids = nothing): Promise<Response> => {
  const { path, init } = requestOf(route, ids);
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return await api.request(path, { ...init, headers });
};
const routes = () => routesOf(api);
const asOwner = (route: string, ids?: Ids) => ask(roles.owner, route, ids);
const belongings = () => belongingsOf(api, 'ann', asOwner);

test('every route of the document has its row, and every row but that of the document itself its route', async () => {
  expect([...(await routes()), 'get /api/openapi.json'].sort()).toEqual(Object.keys(accessTable).sort());
});

describe('tokens that are none', () => {
  test.each([
    ['expired', () => roles.expired, '401 TOKEN_EXPIRED'],
    ['revoked', () => roles.revoked, '401 INVALID_TOKEN'],
    ['made up', () => `wf_live_${'a'.repeat(43)}`, '401 INVALID_TOKEN'],
    ['cut off', () => roles.owner.slice(0, -1), '401 INVALID_TOKEN'],
    ['of no form at all', () => 'x', '401 INVALID_TOKEN'],
    ['that of an unsigned JWT', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.', '401 INVALID_TOKEN'],
    ['empty', () => '', '401 INVALID_TOKEN'],
  ])('%s', async (_, token, expected) => {
    const [ids = nothing] = await belongings();
    for (const route of (await routes()).filter(isJudged)) {
      const answer = await ask(token(), route, ids);
      expect(answer.headers.get('www-authenticate'), route).toBe('Bearer error="invalid_token"');
      expect(await codeOf(answer), route).toBe(expected);
    }
  });

  test('a key is one in whatever case its scheme is written; two at once are none, and one that is longer than headers may be is not read', async () => {
    const me = async (...sent: string[]) => {
      const asked = request({ port: api.port, path: '/api/me' });
      asked.setHeader('Host', 'localhost');
      asked.setHeader('Authorization', sent);
      asked.end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      return `${answer.statusCode} ${await text(answer)}`;
    };
    for (const scheme of ['bearer', 'BEARER', 'Bearer   '])
      expect(await me(`${scheme} ${roles.owner}`), scheme).toMatch(/^200 .*"ownerId":"ann"/);
    const [ann, ben] = [`Bearer ${roles.owner}`, `Bearer ${roles.stranger}`];
    for (const both of [
      [ann, ben],
      [ann, 'Basic YW5uOmFubg=='],
    ])
      expect(await me(...both)).toMatch(/^401 .*INVALID_TOKEN/);
    expect(await me(`Bearer ${'a'.repeat(17 * 1024)}`)).toMatch(/^431 /);
  });

  test('where tokens are no keys, they are nothing', async () => {
    expect((await ask(roles.revoked, 'get /api/health/live')).status).toBe(200);
    expect((await api.request('/', { headers: { authorization: `Bearer ${roles.revoked}` } })).status).toBe(
      200,
    );
    const basic = { headers: { authorization: 'Basic YW5uOmFubg==' } };
    expect((await api.request('/api/jobs', basic)).status).toBe(200);
  });
});

test('a revoked key is refused at once where it was revoked, also when the answer of the table is lost', async () => {
  const { apiKeys, aws } = api.platform;
  const { key, token } = await apiKeys.make({ ownerId: 'ann', name: 'lost', scopes, expiresInDays: 1 });
  const revoke = async (by: string) => {
    const init = { method: 'DELETE', headers: { authorization: `Bearer ${by}` } };
    return await api.request(`/api/keys/${key.keyId}`, init);
  };
  const use = () => ask(token, 'get /api/jobs');
  // Known to this process for some seconds.
  expect((await use()).status).toBe(200);
  expect(await codeOf(await revoke(roles.stranger))).toBe('404 KEY_NOT_FOUND');
  const wasLost = loseAnswerOf(aws.dynamo, 'Delete');
  expect([(await revoke(roles.owner)).status, wasLost()]).toEqual([204, true]);
  expect(await codeOf(await use())).toBe('401 INVALID_TOKEN');
  expect(await codeOf(await revoke(roles.owner))).toBe('404 KEY_NOT_FOUND');
});

test('a key of one scope may do what that scope is for, and is told what is missing for the rest', async () => {
  for (const route of (await routes()).filter(isJudged)) {
    const access = accessTable[route];
    for (const scope of scopes) {
      const answer = await ask(ofScope[scope], route);
      const scopesOf = access === 'open' || access === 'unjudged' ? [] : (access ?? expect.fail(route));
      const needed = scope === 'admin' || scopesOf.every((each) => each === scope);
      const challenge = needed ? null : `Bearer error="insufficient_scope", scope="${scopesOf.join(' ')}"`;
      expect(answer.headers.get('www-authenticate'), `${route} by ${scope}`).toBe(challenge);
      const code = await codeOf(answer);
      if (needed) expect(code, `${route} by ${scope}`).not.toMatch(/^40[13]/);
      else expect(code, `${route} by ${scope}`).toBe('403 INSUFFICIENT_SCOPE');
    }
  }
});

test('what leads to results past the key is for those that may look as well', async () => {
  const token = await tokenOf(api.platform, 'ann', ['jobs:read', 'jobs:write']);
  const ways = ['post /api/jobs/{jobId}/share', 'post /api/webhooks', 'put /api/webhooks/{webhookId}'];
  for (const route of ways) {
    expect(await codeOf(await ask(ofScope['jobs:write'], route)), route).toBe('403 INSUFFICIENT_SCOPE');
    expect(await codeOf(await ask(token, route)), route).not.toMatch(/^40[13]/);
  }
});

test('nobody asks for keys without saying who they are, and may do the rest with what is nobody’s', async () => {
  for (const route of (await routes()).filter(isJudged)) {
    const answer = await ask(undefined, route);
    if (accessTable[route]?.includes('admin')) {
      expect(answer.headers.get('www-authenticate'), route).toBe('Bearer');
      expect(await codeOf(answer), route).toBe('401 UNAUTHENTICATED');
    } else expect(await codeOf(answer), route).not.toMatch(/^40[13]/);
  }
});

test.each([
  ['a stranger', () => roles.stranger],
  ['nobody', () => undefined],
])('what is somebody else’s is to %s, on every route, byte for byte what is not there', async (_, token) => {
  const hers = await belongings();
  const walker = (route: string, ids?: Ids) => ask(token(), route, ids);
  await walkAsStranger(api, hers, walker, (route, unknown, found) => {
    expect(unknown, route).toMatch(/NOT_FOUND|UNAUTHENTICATED/);
    expect(found, route).toBe(unknown);
  });
  // It is all still there.
  for (const { jobId, fileId, keyId, presetName } of hers) {
    expect((await ask(roles.owner, 'get /api/jobs/{jobId}', { ...nothing, jobId })).status).toBe(200);
    expect((await ask(roles.owner, 'get /api/uploads/{fileId}', { ...nothing, fileId })).status).toBe(200);
    expect((await api.platform.apiKeys.list('ann')).map((key) => key.keyId)).toContain(keyId);
    expect(await api.platform.presets.get('ann', presetName)).toMatchObject({ name: presetName });
  }
});

test('whose it is finds it on every route', async () => {
  await walkAsOwner(api, belongings, asOwner, (route, code) => expect(code, route).not.toMatch(/^40[134]/));
});

test('of a key only its hash is stored, and who asks learns who it is', async () => {
  const made = z
    .object({ token: z.string(), keyId: z.string() })
    .parse(await (await ask(roles.owner, 'post /api/keys')).json());
  const hash = createHash('sha256').update(made.token).digest('hex');
  const [stored] = (await api.platform.apiKeys.list('ann')).filter(({ keyId }) => keyId === made.keyId);
  expect(stored).toEqual({
    ...{ keyId: hash.slice(0, 32), hash, ownerId: 'ann', name: 'walk', scopes: ['jobs:read'] },
    createdAt: expect.any(String),
    expiresAt: expect.any(String),
  });
  const me: unknown = await (await ask(made.token, 'get /api/me')).json();
  const { hash: _hash, ownerId: _ownerId, ...view } = stored ?? expect.fail();
  const all = {
    auth: { mode: 'off', providers: [], hasSession: false },
    plan: expect.any(Object),
    keeping: expect.any(Object),
  };
  expect(me).toEqual({ kind: 'key', ownerId: 'ann', scopes: ['jobs:read'], key: view, ...all });
  expect(await (await ask(undefined, 'get /api/me')).json()).toEqual({
    ...{ kind: 'anonymous', ownerId: 'anonymous', scopes: ['jobs:read', 'jobs:write', 'uploads:write'] },
    ...all,
  });
});
