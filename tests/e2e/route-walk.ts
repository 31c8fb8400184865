/**
 * Every route of the OpenAPI document, and what it takes to ask it so that it does something: for walks as everybody.
 * A route that is new is walked as well, and a walk fails until it is told what the route's path may name.
 */
import { randomUUID } from 'node:crypto';
import { accessTable } from '@wavefleet/api/http/access.ts';
import { errorBodySchema, submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import type { PresetBody } from '@wavefleet/contracts/own-presets.ts';
import { type MakeKeyBody, scopes } from '@wavefleet/contracts/people.ts';
import { sharedSchema } from '@wavefleet/contracts/shares.ts';
import { uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { type WebhookBody, webhookEvents } from '@wavefleet/contracts/webhooks.ts';
import { z } from 'zod';
import { cutOffWav } from '../bring-up/not-audio.ts';
import type { Stand } from '../bring-up/stand.ts';
import { UNKNOWN_ID } from './refusal.ts';

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ parameters: z.array(z.unknown()).optional() })),
  ),
});

/** What a path or a body may name. */
export type Ids = Readonly<
  Record<
    'jobId' | 'fileId' | 'keyId' | 'shareId' | 'webhookId' | 'deliveryId' | 'partNumber' | 'presetName',
    string
  >
>;
/** Of each kind one that nobody has. */
export const nothing: Ids = {
  jobId: UNKNOWN_ID,
  fileId: UNKNOWN_ID,
  keyId: UNKNOWN_ID,
  shareId: UNKNOWN_ID,
  webhookId: UNKNOWN_ID,
  deliveryId: UNKNOWN_ID,
  partNumber: '1',
  presetName: 'no-such-preset',
};

/** Asks one route as somebody. @param ids default: {@link nothing}. */
export type Walker = (route: string, ids?: Ids) => Promise<Response>;

/** As `post /api/jobs`, but those that are for operators alone. */
export async function routesOf(api: Stand): Promise<string[]> {
  const document = documentSchema.parse(await (await api.request('/api/openapi.json')).json());
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
}

/** Whether who asks is looked at before it is answered. */
export const isJudged = (route: string): boolean => accessTable[route] !== 'unjudged';
/** Whether its path, query or body names something of somebody's. */
const names = (route: string): boolean =>
  /\{|progress|download|cleanup|convert-audio|post \/api\/jobs$/.test(route);

/** The request with which a route does something. @throws Error for a path that names what no walk knows. */
export function requestOf(route: string, ids: Ids = nothing): { path: string; init: RequestInit } {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (!Object.hasOwn(ids, name)) throw new Error(`${route}: give the walk a {${name}}`);
    return ids[name as keyof Ids];
  });
  const query = template === '/api/progress' || template === '/api/download' ? `?jobId=${ids.jobId}` : '';
  const body = bodyOf(route, ids);
  const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
  return {
    path: path + query,
    init: { method: method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) },
  };
}

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

/** The status, and the code of a refusal. Lets go of a body that is none. */
export async function codeOf(response: Response): Promise<string> {
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

/** @throws Error with the code of a refusal, so that a walk that cannot begin says why. */
async function bodyOrCode(answer: Response): Promise<unknown> {
  if (!answer.ok) throw new Error(await codeOf(answer));
  return await answer.json();
}

/**
 * Something of an owner's of each kind: an active and a finished job, an open and a finished upload, a key and so on.
 * @param ask as that owner.
 */
export async function belongingsOf(api: Stand, ownerId: string, ask: Walker): Promise<readonly Ids[]> {
  const uploaded = async () =>
    uploadedSchema.parse(await bodyOrCode(await ask('post /api/upload-audio'))).fileId;
  const job = async (fileId: string) => {
    const answer = await ask('post /api/jobs', { ...nothing, fileId });
    return submittedSchema.parse(await bodyOrCode(answer)).jobId;
  };
  const [active, done] = [await job(await uploaded()), await job(await uploaded())];
  await api.byHand.complete(await api.byHand.claim(done), Buffer.from('the result'));
  const begun = uploadViewSchema.parse(await (await ask('post /api/uploads')).json()).fileId;
  const { apiKeys, presets, webhooks, webhookDeliveries } = api.platform;
  const { key } = await apiKeys.make({ ownerId, name: 'hers', scopes, expiresInDays: 1 });
  const shared = await ask('post /api/jobs/{jobId}/share', { ...nothing, jobId: done });
  const { shareId } = sharedSchema.parse(await shared.json());
  // Nobody may have more than a few.
  for (const { id } of await webhooks.list(ownerId)) await webhooks.remove(id);
  const asked = { url: 'https://hooks.example.com/', events: [...webhookEvents], enabled: true };
  const { id: webhookId } = await webhooks.create(ownerId, asked);
  const message = { messageId: 'm', type: 'webhook.test', body: '{}' } as const;
  const delivery = { ...message, id: randomUUID(), ownerId, webhookId };
  const { id: deliveryId } = await webhookDeliveries.create(delivery);
  const preset = { name: `hers-${randomUUID()}`, format: 'mp3', options: {} } as const;
  const { name: presetName } = await presets.create(ownerId, preset);
  const told = { webhookId, deliveryId, presetName };
  return [
    { ...nothing, ...told, jobId: active, fileId: begun, keyId: key.keyId },
    { ...nothing, ...told, shareId, jobId: done, fileId: await uploaded(), keyId: key.keyId },
  ];
}

/**
 * Asks every route that names something as somebody to whom it is not.
 * @param tell is told the route, what is answered where there is nothing, and where there is.
 */
export async function walkAsStranger(
  api: Stand,
  hers: readonly Ids[],
  ask: Walker,
  tell: (route: string, unknown: string, found: string) => void,
): Promise<void> {
  for (const route of (await routesOf(api)).filter((each) => isJudged(each) && names(each))) {
    const unknown = await whole(await ask(route));
    for (const ids of hers) tell(route, unknown, await whole(await ask(route, ids)));
  }
}

/** Asks every route that names something as whose it is: first what reads, then what changes. @param tell see above. */
export async function walkAsOwner(
  api: Stand,
  belongings: () => Promise<readonly Ids[]>,
  ask: Walker,
  tell: (route: string, code: string) => void,
): Promise<void> {
  const [, kept = nothing] = await belongings();
  const isRead = (route: string) => route.startsWith('get ');
  const asked = (await routesOf(api)).filter((each) => isJudged(each) && names(each));
  for (const route of asked.toSorted((one, other) => Number(isRead(other)) - Number(isRead(one)))) {
    // What deletes gets something of its own to delete.
    const [, ids = nothing] = isRead(route) ? [nothing, kept] : await belongings();
    tell(route, await codeOf(await ask(route, ids)));
  }
}
