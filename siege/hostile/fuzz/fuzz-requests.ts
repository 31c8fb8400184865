/** Requests that the document allows, and some that it does not, as long as there is time. */
import { errorBodySchema } from '@wavefleet/contracts/http.ts';
import { randomOf } from '@wavefleet/tests/bring-up/random.ts';
import { z } from 'zod';
import { wav } from '../craft/pcm.ts';
import type { Ground } from '../run/ground.ts';
import { type Operation, operationsOf } from './document.ts';
import { asSchema, Values } from './values.ts';

/** Refusals with 400 that no schema can foretell: what bytes are, and what a cursor was made for. */
const toldByContent: ReadonlySet<string> = new Set([
  'UNRECOGNISED_FORMAT',
  'FORMAT_NOT_ALLOWED',
  'COVER_NOT_RECOGNISED',
  'INVALID_CURSOR',
]);
/** A service that has enough to do says so. */
const toldToWait: ReadonlySet<string> = new Set(['OVERLOADED']);
/** Ids that answers have named, of which as many are remembered. */
const MOST_IDS = 30;
const UNFITTING_SHARE = 0.25;

export interface RequestFuzzing {
  readonly seed: number;
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** What was found, each once. */
export interface RequestFindings {
  readonly sent: number;
  readonly wrong: readonly string[];
}

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
  /** Whether the document allows it. */
  readonly isFitting: boolean;
}

export async function fuzzRequests(
  ground: Ground,
  { seed, untilMs, signal }: RequestFuzzing,
): Promise<RequestFindings> {
  const document: unknown = await (await ground.request('/api/openapi.json')).json();
  const operations = operationsOf(document);
  const random = randomOf(seed);
  const values = new Values(random);
  const ids = new Map<string, string[]>();
  const wrong = new Map<string, string>();
  let sent = 0;
  while (performance.now() < untilMs && !signal.aborted) {
    const operation = values.pick(operations);
    const asked = requestFor(operation, values, ids);
    const answer = await fetch(`${ground.fleet.apiUrl}${asked.url}`, asked.init);
    const problem = await problemOf(operation, asked, answer, ids);
    sent += 1;
    if (problem !== undefined) {
      const what = `${operation.method} ${operation.path}: ${problem}`;
      const body = typeof asked.init.body === 'string' ? ` ${asked.init.body.slice(0, 300)}` : '';
      if (!wrong.has(what)) wrong.set(what, `${what} (${asked.url.slice(0, 200)}${body})`);
    }
  }
  return { sent, wrong: [...wrong.values()] };
}

function requestFor(
  { method, path, parameters, requestBody }: Operation,
  values: Values,
  ids: ReadonlyMap<string, string[]>,
): Asked {
  let isFitting = true;
  let url = path;
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const { name, in: where, required, schema } of parameters) {
    if (!required && values.chance(0.5)) continue;
    const known = ids.get(name) ?? [];
    let value = known.length > 0 && values.chance(0.8) ? values.pick(known) : String(values.fitting(schema));
    if (values.chance(UNFITTING_SHARE / 4)) {
      // An empty one would be another address.
      value = String(values.unfitting()) || '%';
      isFitting = false;
    }
    if (where === 'path') url = url.replace(`{${name}}`, encodeURIComponent(value.toWellFormed()));
    if (where === 'query') query.set(name, value);
    // What fetch cannot send was never a request.
    if (where === 'header') headers[name] = encodeURIComponent(value.toWellFormed());
  }
  const asked = query.size === 0 ? url : `${url}?${query}`;
  if (requestBody === undefined) return { url: asked, init: { method, headers }, isFitting };
  const [type = '', { schema } = { schema: {} }] = values.pick(Object.entries(requestBody.content));
  if (type !== 'application/json')
    return { url: asked, init: { method, ...bytesBody(type, values, headers) }, isFitting };
  const body = withIds(values.fitting(schema), values, ids);
  const mustFit = !values.chance(UNFITTING_SHARE);
  const init = {
    method,
    headers: { ...headers, 'content-type': type },
    body: JSON.stringify(mustFit ? body : broken(body, values)),
  };
  return { url: asked, init, isFitting: isFitting && mustFit };
}

/** Ids of things that are there, so that a request gets beyond the first look. */
function withIds(body: unknown, values: Values, ids: ReadonlyMap<string, string[]>): unknown {
  const made: Record<string, unknown> = { ...asSchema(body) };
  for (const name of Object.keys(made)) {
    const known = ids.get(name) ?? [];
    if (known.length > 0 && values.chance(0.8)) made[name] = values.pick(known);
  }
  return made;
}

function broken(body: unknown, values: Values): unknown {
  if (values.chance(0.2)) return values.unfitting();
  const names = Object.keys(asSchema(body));
  const name = names.length === 0 || values.chance(0.2) ? 'unknown' : values.pick(names);
  return { ...asSchema(body), [name]: values.unfitting() };
}

function bytesBody(type: string, values: Values, headers: Record<string, string>): RequestInit {
  const bytes = new Uint8Array(
    values.pick([wav({ frames: 500 }), Buffer.alloc(0), Buffer.from('text'), Buffer.alloc(600, 0xff)]),
  );
  if (type !== 'multipart/form-data')
    return { headers: { ...headers, 'content-type': type.replace('*', 'wav') }, body: bytes };
  const form = new FormData();
  form.set('file', new Blob([bytes]), 'song.wav');
  return { headers, body: form };
}

/** What is wrong with an answer; undefined when it is as the document says. */
async function problemOf(
  { path, responses }: Operation,
  { isFitting }: Asked,
  answer: Response,
  ids: Map<string, string[]>,
): Promise<string | undefined> {
  const { status } = answer;
  const type = answer.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    await answer.body?.cancel();
    return undefined;
  }
  const bytes = Buffer.from(await answer.arrayBuffer());
  const described = responses[String(status)];
  const body: unknown = /json/.test(type) && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
  const code = errorBodySchema.safeParse(body).data?.error.code;
  if (status >= 500 && !(code !== undefined && toldToWait.has(code)) && path !== '/api/health')
    return `${status} ${code}`;
  if (status >= 400) {
    if (code === undefined) return `${status} without an envelope`;
    if (described === undefined) return `${status} ${code} is not documented`;
    if (!described.description.includes(`\`${code}\``)) return `${code} is not documented`;
    if (status === 400 && isFitting && !toldByContent.has(code))
      return `what fits the schema is refused with ${code}`;
    return undefined;
  }
  if (described === undefined) return `${status} is not documented`;
  const schema = described.content['application/json']?.schema;
  if (schema === undefined || body === undefined) return undefined;
  remember(body, ids);
  const checked = z.fromJSONSchema(schema).safeParse(body);
  return checked.success
    ? undefined
    : `the answer is not as described: ${checked.error.issues[0]?.path.join('.')} ${checked.error.issues[0]?.message}`;
}

function remember(body: unknown, ids: Map<string, string[]>): void {
  for (const name of ['fileId', 'jobId', 'nextCursor']) {
    const id = asSchema(body)[name];
    if (typeof id !== 'string') continue;
    const known = name === 'nextCursor' ? 'cursor' : name;
    ids.set(known, [...(ids.get(known) ?? []), id].slice(-MOST_IDS));
  }
}
