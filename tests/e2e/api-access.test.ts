/**
 * Every route of the OpenAPI document, asked by everybody: whose it is, a stranger, nobody, and keys that have expired,
 * were revoked, or lack the scope. A route that is new is walked as well, and fails here until it has its row.
 */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { accessTable } from '@wavefleet/api/http/access.ts';
import { errorBodySchema, submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import type { PresetBody } from '@wavefleet/contracts/own-presets.ts';
import { type MakeKeyBody, type Scope, scopes } from '@wavefleet/contracts/people.ts';
import { sharedSchema } from '@wavefleet/contracts/shares.ts';
import { uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { type WebhookBody, webhookEvents } from '@wavefleet/contracts/webhooks.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { tokenOf } from '../bring-up/token-of.ts';
import { UNKNOWN_ID } from './refusal.ts';

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ parameters: z.array(z.unknown()).optional() })),
  ),
});

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
  const [method = '', template = ''] = route.split(' ');
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (!Object.hasOwn(ids, name)) throw new Error(`${route}: give the walk a {${name}}`);
    return ids[name as keyof Ids];
  });
  const query = template === '/api/progress' || template === '/api/download' ? `?jobId=${ids.jobId}` : '';
  const body = bodyOf(route, ids);
  return await api.request(path + query, {
    method: method.toUpperCase(),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
    },
    ...(body === undefined ? {} : { body }),
  });
};

/** What a path or a body may name. */
type Ids = Readonly<
  Record<
    'jobId' | 'fileId' | 'keyId' | 'shareId' | 'webhookId' | 'deliveryId' | 'partNumber' | 'presetName',
    string
  >
>;
const nothing: Ids = {
  jobId: UNKNOWN_ID,
  fileId: UNKNOWN_ID,
  keyId: UNKNOWN_ID,
  shareId: UNKNOWN_ID,
  webhookId: UNKNOWN_ID,
  deliveryId: UNKNOWN_ID,
  partNumber: '1',
  presetName: 'no-such-preset',
};

/** A body with which the route does something. */
function bodyOf(route: string, { fileId, jobId }: Ids): string | Uint8Array<ArrayBuffer> | undefined {
  const key: MakeKeyBody = { name: 'walk', scopes: ['jobs:read'] };
  const webhook: WebhookBody = { url: 'https://hooks.example.com/walk' };
  const preset: PresetBody = { name: `walk-${randomUUID()}`, format: 'mp3' };
  const bodies: Record<string, unknown> = {
    'post /api/uploads': { fileName: 'a.wav', sizeBytes: 5 },
    'post /api/uploads/{fileId}/parts': { partNumbers: [1] },
    'post /api/jobs': { fileId, format: 'mp3' },
    'post /api/convert-audio': { fileId, format: 'mp3' },
    'post /api/cleanup': { jobId },
    'post /api/keys': key,
    'post /api/presets': preset,
    'put /api/presets/{presetName}': preset,
    'post /api/presets/import': { presets: [] },
    'post /api/webhooks': webhook,
    'put /api/webhooks/{webhookId}': webhook,
  };
  if (route === 'post /api/upload-audio') return new Uint8Array(cutOffWav);
  if (route === 'put /api/uploads/{fileId}/parts/{partNumber}') return new TextEncoder().encode('abcde');
  if (route === 'post /api/upload-cover') return new Uint8Array([0xff, 0xd8, 0xff, 0xe0]);
  return bodies[route] === undefined ? undefined : JSON.stringify(bodies[route]);
}

/** As `post /api/jobs`, but those that are for operators alone. */
async function routes(): Promise<string[]> {
  const document = documentSchema.parse(await (await api.request('/api/openapi.json')).json());
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
}

async function codeOf(response: Response): Promise<string> {
  if (response.status < 400) {
    await response.body?.cancel();
    return String(response.status);
  }
  return `${response.status} ${errorBodySchema.parse(await response.json()).error.code}`;
}

/** The whole answer but for the id of the request, the time, and how many more may follow. */
async function whole(response: Response): Promise<string> {
  const text = (await response.text()).replace(/"requestId":"[^"]+"/, '');
  const changing = ['x-request-id', 'date', 'ratelimit'];
  const headers = [...response.headers].filter(([name]) => !changing.includes(name));
  return JSON.stringify({ status: response.status, headers, text });
}

/** Something of Ann's of each kind: an active and a finished job, an open and a finished upload, a key. */
async function belongings(): Promise<readonly Ids[]> {
  const uploaded = async () =>
    uploadedSchema.parse(await (await ask(roles.owner, 'post /api/upload-audio')).json()).fileId;
  const job = async (fileId: string) => {
    const answer = await ask(roles.owner, 'post /api/jobs', { ...nothing, fileId });
    return submittedSchema.parse(await answer.json()).jobId;
  };
  const [active, done] = [await job(await uploaded()), await job(await uploaded())];
  await api.byHand.complete(await api.byHand.claim(done), Buffer.from('the result'));
  const begun = uploadViewSchema.parse(await (await ask(roles.owner, 'post /api/uploads')).json()).fileId;
  const { key } = await api.platform.apiKeys.make({
    ...{ ownerId: 'ann', name: 'hers', scopes, expiresInDays: 1 },
  });
  const shared = await ask(roles.owner, 'post /api/jobs/{jobId}/share', { ...nothing, jobId: done });
  const { shareId } = sharedSchema.parse(await shared.json());
  // Nobody may have more than a few.
  for (const { id } of await api.platform.webhooks.list('ann')) await api.platform.webhooks.remove(id);
  const asked = { url: 'https://hooks.example.com/', events: [...webhookEvents], enabled: true };
  const { id: webhookId } = await api.platform.webhooks.create('ann', asked);
  const message = { messageId: 'm', type: 'webhook.test', body: '{}' } as const;
  const delivery = { ...message, id: randomUUID(), ownerId: 'ann', webhookId };
  const { id: deliveryId } = await api.platform.webhookDeliveries.create(delivery);
  const preset = { name: `hers-${randomUUID()}`, format: 'mp3', options: {} } as const;
  const { name: presetName } = await api.platform.presets.create('ann', preset);
  const told = { webhookId, deliveryId, presetName };
  return [
    { ...nothing, ...told, jobId: active, fileId: begun, keyId: key.keyId },
    { ...nothing, ...told, shareId, jobId: done, fileId: await uploaded(), keyId: key.keyId },
  ];
}

const isJudged = (route: string) => accessTable[route] !== 'unjudged';
const names = (route: string) => /\{|progress|download|cleanup|convert-audio|post \/api\/jobs$/.test(route);

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

test('a key of one scope may do what that scope is for, and is told what is missing for the rest', async () => {
  for (const route of (await routes()).filter(isJudged)) {
    const access = accessTable[route];
    for (const scope of scopes) {
      const answer = await ask(ofScope[scope], route);
      const needed = scope === 'admin' || access === 'open' || access === scope;
      const challenge = needed ? null : `Bearer error="insufficient_scope", scope="${access}"`;
      expect(answer.headers.get('www-authenticate'), `${route} by ${scope}`).toBe(challenge);
      const code = await codeOf(answer);
      if (needed) expect(code, `${route} by ${scope}`).not.toMatch(/^40[13]/);
      else expect(code, `${route} by ${scope}`).toBe('403 INSUFFICIENT_SCOPE');
    }
  }
});

test('nobody asks for keys without saying who they are, and may do the rest with what is nobody’s', async () => {
  for (const route of (await routes()).filter(isJudged)) {
    const answer = await ask(undefined, route);
    if (accessTable[route] === 'admin') {
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
  for (const route of (await routes()).filter((each) => isJudged(each) && names(each))) {
    const unknown = await whole(await ask(token(), route));
    expect(unknown, route).toMatch(/NOT_FOUND|UNAUTHENTICATED/);
    for (const ids of hers) expect(await whole(await ask(token(), route, ids)), route).toBe(unknown);
  }
  // It is all still there.
  for (const { jobId, fileId, keyId, presetName } of hers) {
    expect((await ask(roles.owner, 'get /api/jobs/{jobId}', { ...nothing, jobId })).status).toBe(200);
    expect((await ask(roles.owner, 'get /api/uploads/{fileId}', { ...nothing, fileId })).status).toBe(200);
    expect((await api.platform.apiKeys.list('ann')).map((key) => key.keyId)).toContain(keyId);
    expect(await api.platform.presets.get('ann', presetName)).toMatchObject({ name: presetName });
  }
});

test('whose it is finds it on every route', async () => {
  const [, kept = nothing] = await belongings();
  const isRead = (route: string) => route.startsWith('get ');
  const asked = (await routes()).filter((each) => isJudged(each) && names(each));
  for (const route of asked.toSorted((one, other) => Number(isRead(other)) - Number(isRead(one)))) {
    // What deletes gets something of its own to delete.
    const [, ids = nothing] = isRead(route) ? [nothing, kept] : await belongings();
    expect(await codeOf(await ask(roles.owner, route, ids)), route).not.toMatch(/^40[134]/);
  }
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
