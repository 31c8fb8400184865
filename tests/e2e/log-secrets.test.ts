/** What people, programs and providers keep secret goes through a whole fleet, and stands in none of its logs. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { meSchema } from '@wavefleet/contracts/people.ts';
import { sharedSchema } from '@wavefleet/contracts/shares.ts';
import { newWebhookSchema } from '@wavefleet/contracts/webhooks.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { type MailCatcher, startMailCatcher } from '@wavefleet/localstack/mail/catcher.ts';
import { EMULATOR_CREDENTIALS } from '@wavefleet/localstack/provision/clients.ts';
import { type LocalProvider, startProvider } from '@wavefleet/localstack/sign-in.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import { newSecret } from '@wavefleet/platform/secret.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Fleet } from '../bring-up/fleet.ts';
import { Person } from '../bring-up/person.ts';

/** Their name and address, that of a file, and of a path at the receiver: all of it theirs alone. */
const [NAME, FILE, HOOK] = ['Zebulon-Quist', 'Grandmothers-Recipe.wav', `hook-${randomUUID()}`];
const [password, debugToken, key] = [newSecret(), newSecret(), newTokenKey()];

/** By what they are. Grows as they are made. */
const secrets: Record<string, string> = {
  'name of a person': NAME,
  'name of a file': FILE,
  'path of a webhook': HOOK,
  'SMTP password': password,
  DEBUG_TOKEN: debugToken,
  'private key': key.d,
};

/** A page, for its cookie; the real one may not be built. */
let webDir: string;
let fleet: Fleet;
let provider: LocalProvider;
let catcher: MailCatcher;
let person: Person;
let ownerId: string;
/** What each process wrote. */
const logs = new Map<string, string>();

/** Takes what it is sent badly the first time, and quotes it. */
let hooked = 0;
const receiver = createServer((asked, answer) => {
  hooked += 1;
  asked.resume();
  answer.writeHead(hooked === 1 ? 500 : 204);
  answer.end(hooked === 1 ? JSON.stringify([asked.url, asked.headers]) : undefined);
});

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  webDir = await mkdtemp(join(tmpdir(), 'wavefleet-page-'));
  await writeFile(join(webDir, 'index.html'), '<!doctype html><title>wavefleet</title>');
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  // The first time the mailbox is not there, and the server says whose it is.
  let tries = 0;
  const refuses = (address: string) =>
    ++tries === 1 ? { code: 451, text: `${address} is away, ${password}` } : undefined;
  catcher = await startMailCatcher({ refuses, password });
  provider = await startProvider(publicUrl);
  secrets['client secret'] = provider.env.OIDC_CLIENT_SECRET;
  fleet = await Fleet.start({
    ...{ workers: 1, notifier: true, port },
    env: {
      ...{ LOG_LEVEL: 'debug', AUTH: 'optional', PUBLIC_URL: publicUrl, DEBUG_TOKEN: debugToken },
      WEB_DIR: webDir,
      ...{ MAIL_FROM: 'wavefleet <noreply@wavefleet.test>', SMTP_URL: catcher.smtpUrl },
      ...{ MAIL_GATHER_MS: '500', MAIL_RETRY_BASE_MS: '300' },
      ...{ WEBHOOK_PRIVATE_ADDRESSES: 'true', WEBHOOK_RETRY_BASE_MS: '1000' },
      TOKEN_KEYS: JSON.stringify({ keys: [key] }),
      ...provider.env,
    },
  });
  // That of a stack in a container is the word `test`.
  const { AWS_SECRET_ACCESS_KEY: awsKey = '' } = fleet.env;
  if (awsKey !== EMULATOR_CREDENTIALS.secretAccessKey) secrets['secret key of AWS'] = awsKey;
  person = new Person(fleet.apiUrl);
  await signIn();
  const token = await withKey();
  const jobId = await converted();
  await shared(jobId);
  await unsubscribed();
  await leaveBy(token);
  await Promise.all([...fleet.workers, fleet.notifier].map((child) => child?.stop()));
  await fleet.api.stop();
  for (const name of await readdir(fleet.logDir))
    if (/^(api|worker-0|notifier)\.log$/.test(name))
      logs.set(name, await readFile(join(fleet.logDir, name), 'utf8'));
}, 180_000);
afterAll(async () => {
  await fleet?.stop();
  await provider?.stop();
  await catcher?.stop();
  await rm(webDir, { recursive: true, force: true });
  receiver.closeAllConnections();
  receiver.close();
});

/** Asks as somebody, and lets go of the answer. */
async function ask(path: string, init: RequestInit = {}): Promise<number> {
  const answer = await person.ask(path, init);
  await answer.body?.cancel();
  return answer.status;
}

function keepCookies(when: string): void {
  for (const [name, of] of Object.entries({ session: 'refresh token', access: 'access token' }))
    secrets[`${of} ${when}`] = person.cookie(`wavefleet-${name}`) ?? expect.fail(`no ${of}`);
}

/** Signs in: with a code that is none, in the end with one that is, and comes again with that. */
async function signIn(): Promise<void> {
  await ask('/');
  secrets['cookie of a browser'] = person.cookie('wavefleet') ?? expect.fail('no cookie');
  const wrong = new URL(await person.goToProvider(NAME));
  const made = newSecret();
  secrets['code that is none'] = made;
  wrong.searchParams.set('code', made);
  expect(await ask(wrong.href)).toBe(400);
  const away = (await person.ask('/api/auth/sign-in/oidc')).headers.get('location') ?? '';
  secrets.nonce = new URL(away).searchParams.get('nonce') ?? '';
  const back = new URL(await person.goToProvider(NAME));
  for (const name of ['code', 'state']) secrets[`${name} of OAuth`] = back.searchParams.get(name) ?? '';
  expect([await ask(back.href), await ask(back.href)]).toEqual([302, 400]);
  secrets['e-mail address'] = `${NAME}@example.test`;
  keepCookies('at first');
  ({ ownerId } = meSchema.parse(await (await person.ask('/api/me')).json()));
  expect((await person.post('/api/auth/refresh')).status).toBe(200);
  keepCookies('of a refresh');
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ emailNotices: 'all' });
  expect(await ask('/api/me', { method: 'PATCH', headers, body })).toBe(200);
}

/** Makes an API key, uses it, misuses it, and tries one that is none. */
async function withKey(): Promise<string> {
  const made = await person.post('/api/keys', { name: 'walk', scopes: ['jobs:read'] });
  const { token } = z.object({ token: z.string() }).parse(await made.json());
  secrets['API key'] = token;
  const none = `wf_live_${newSecret()}`;
  secrets['API key that is none'] = none;
  for (const [path, bearer, status] of [
    ['/api/jobs', token, 200],
    [`/api/jobs?limit=1&token=${token}`, token, 200],
    ['/api/keys', token, 403],
    ['/api/jobs', none, 401],
    ['/api/debug/system', debugToken, 200],
  ] as const) {
    const answer = await fetch(`${fleet.apiUrl}${path}`, { headers: { authorization: `Bearer ${bearer}` } });
    expect(answer.status, path).toBe(status);
    await answer.body?.cancel();
  }
  return token;
}

/** Has a webhook, and a job that both it and an e-mail tell of. Answers the job. */
async function converted(): Promise<string> {
  const { port } = receiver.address() as AddressInfo;
  const webhook = await person.post('/api/webhooks', { url: `http://127.0.0.1:${port}/${HOOK}` });
  secrets['secret of a webhook'] = newWebhookSchema.parse(await webhook.json()).secret;
  await makeSample(fleet.file(FILE), { seconds: 1 });
  const headers = { 'x-file-name': FILE };
  const body = new Uint8Array(await readFile(fleet.file(FILE)));
  const upload = await person.ask('/api/upload-audio', { method: 'POST', headers, body });
  const { fileId } = uploadedSchema.parse(await upload.json());
  const submitted = await person.post('/api/jobs', { fileId, format: 'mp3' });
  const { jobId } = submittedSchema.parse(await submitted.json());
  await until('the webhook and the e-mail have come', () => hooked >= 2 && catcher.caught.length > 0, 60_000);
  return jobId;
}

/** A link to the result, looked at and followed, and one that is none. */
async function shared(jobId: string): Promise<void> {
  const { path: link } = sharedSchema.parse(await (await person.post(`/api/jobs/${jobId}/share`)).json());
  secrets['token of a link'] = link.split('/').at(-1) ?? '';
  secrets['token of no link'] = newSecret();
  for (const [path, status] of [
    [link, 200],
    [`${link}/download`, 200],
    [`/s/${secrets['token of no link']}`, 404],
  ] as const)
    expect(await ask(path)).toBe(status);
}

/** The link in the e-mail, looked at and followed. */
async function unsubscribed(): Promise<void> {
  const [mail] = catcher.caught;
  const url = /http[^\s>]+\/unsubscribe\/([\w.-]+)/.exec(JSON.stringify(mail)) ?? expect.fail('no link');
  secrets['token of an e-mail'] = url[1] ?? '';
  expect([await ask(url[0]), await ask(url[0], { method: 'POST' })]).toEqual([200, 200]);
}

/** Comes with a refresh token of before, which ends the session. */
async function leaveBy(token: string): Promise<void> {
  for (let each = 0; each < 2; each += 1) await person.post('/api/auth/refresh');
  keepCookies('at last');
  person.setCookie('wavefleet-session', secrets['refresh token at first'] ?? '');
  expect((await person.post('/api/auth/refresh')).status).toBe(401);
  const authorization = `Bearer ${token}`;
  expect(await ask('/api/jobs', { headers: { authorization } })).toBe(200);
}

test('each process has told what it did for whom, at debug', () => {
  expect([...logs.keys()].sort()).toEqual(['api.log', 'notifier.log', 'worker-0.log']);
  for (const [name, text] of logs) expect(text, name).toContain('"level":"debug"');
  const api = logs.get('api.log') ?? '';
  for (const event of ['session.begun', 'session.reused', 'key.made', 'mail.unsubscribed'])
    expect(api).toContain(`"event":"${event}"`);
  expect(api).toContain(ownerId);
  for (const event of ['webhook.put-off', 'webhook.delivered', 'mail.put-off', 'mail.sent'])
    expect(logs.get('notifier.log')).toContain(`"event":"${event}"`);
});

test('no log holds any of the secrets, nor a part that makes one, however it is written', () => {
  for (const [what, value] of Object.entries(secrets)) {
    expect(value.length, what).toBeGreaterThan(10);
    // What stands before its secret is an id: of a session, a job, an account.
    const part = /^[\w.-]+[.]([\w-]{43,})$/.exec(value)?.[1] ?? value;
    const written = [part, encodeURIComponent(part), Buffer.from(part).toString('base64url').slice(0, -1)];
    for (const [name, text] of logs)
      for (const each of written) expect(text.includes(each), `${what} in ${name}`).toBe(false);
  }
});
