/** What the doctor says of the providers by which people sign in, and of whoever takes the e-mails. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Finding, runChecks } from '@wavefleet/cli/doctor/check.ts';
import { mailServices } from '@wavefleet/cli/doctor/mail.ts';
import { signInServices } from '@wavefleet/cli/doctor/sign-in.ts';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { startMailCatcher } from '@wavefleet/localstack/mail/catcher.ts';
import { startProvider } from '@wavefleet/localstack/sign-in.ts';
import { requiredSettings } from '@wavefleet/platform/config.testing.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import { afterEach, expect, test } from 'vitest';

const PUBLIC_URL = 'https://audio.example';
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => void (await Promise.all(stops.splice(0).map((stop) => stop()))));

/** A line a check, and what is wrong below it. */
async function reportOf(env: Record<string, string>): Promise<string[]> {
  const config = loadConfig({
    ...requiredSettings,
    ...{ PUBLIC_URL, AUTH: 'optional', TOKEN_KEYS: JSON.stringify({ keys: [newTokenKey()] }) },
    ...(env.OIDC_ISSUER === undefined
      ? {}
      : { OIDC_CLIENT_ID: 'client', OIDC_CLIENT_SECRET: 'of-the-client' }),
    ...(env.GITHUB_URL === undefined ? {} : { GITHUB_CLIENT_ID: 'client', GITHUB_CLIENT_SECRET: 'of-it' }),
    ...env,
  });
  const services = [...signInServices(config), ...mailServices(config)];
  const all = await Promise.all(services.map(({ checks, where }) => runChecks(checks, where)));
  return all.flatMap(({ findings }) => findings.flatMap(linesOf));
}
const linesOf = ({ status, what, remarks }: Finding) => [
  `${status} ${what}`,
  ...remarks.flatMap(({ problem, fix }) => [problem, fix]),
];

/** A server that answers so. Answers its origin. */
async function serverOf(status: number, body: unknown): Promise<string> {
  const server = createServer((_, answer) => answer.writeHead(status).end(JSON.stringify(body)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a provider and a mail server that answer are well; no e-mail is sent', async () => {
  const [provider, catcher] = [await startProvider(PUBLIC_URL), await startMailCatcher()];
  stops.push(provider.stop, catcher.stop);
  const { env } = provider;
  const lines = await reportOf({ ...env, MAIL_FROM: 'a@mail.example', SMTP_URL: catcher.smtpUrl });
  expect(lines).toEqual([
    `ok Sign-in ${env.OIDC_ISSUER}: leads back to ${PUBLIC_URL}/api/auth/callback/oidc`,
    `ok E-mail ${new URL(catcher.smtpUrl).host}: answers`,
  ]);
  expect(catcher.caught).toEqual([]);
});

test('a provider that says to be another one, takes no PKCE, or is none is told with what to correct', async () => {
  const document = (issuer: string) => ({
    ...{ issuer, authorization_endpoint: issuer, token_endpoint: issuer, jwks_uri: issuer },
    code_challenge_methods_supported: ['plain'],
  });
  const oidc = async (issuer: string) => {
    const [, ...words] = await reportOf({ OIDC_ISSUER: issuer });
    return words;
  };
  expect(await oidc(await serverOf(200, document('https://other.example')))).toEqual([
    'it says that it is https://other.example',
    'Set OIDC_ISSUER=https://other.example.',
  ]);
  const port = await freePort();
  const plain = createServer((_, answer) => answer.end(JSON.stringify(document(`http://127.0.0.1:${port}`))));
  stops.push(async () => plain.close());
  plain.listen(port, '127.0.0.1');
  await once(plain, 'listening');
  expect((await oidc(`http://127.0.0.1:${port}`))[0]).toBe('it does not take PKCE with S256');
  expect((await oidc(await serverOf(404, {})))[0]).toBe('answers 404');
  expect((await oidc(await serverOf(200, {})))[0]).toBe('what it answers is no description of a provider');
  const nobody = await oidc(`http://127.0.0.1:${await freePort()}`);
  expect(nobody.at(-1)).toMatch(/^Nothing listens at http:.*: start it, or correct OIDC_ISSUER\.$/);
});

test('GitHub is asked at both of its addresses', async () => {
  const origin = await serverOf(404, {});
  const [what, problem] = await reportOf({ GITHUB_URL: origin });
  expect(what).toBe(`FAIL Sign-in ${origin}: leads back to ${PUBLIC_URL}/api/auth/callback/github`);
  expect(problem).toBe(`${origin}/login answers 404`);
  const well = await serverOf(401, {});
  expect(await reportOf({ GITHUB_URL: well })).toHaveLength(1);
});

test('a mail server that is not there, and one that speaks no TLS, are told with what to correct', async () => {
  const OIDC_ISSUER = await serverOf(404, {});
  const ofMail = async (SMTP_URL: string) =>
    (await reportOf({ OIDC_ISSUER, MAIL_FROM: 'a@mail.example', SMTP_URL })).slice(-3);
  const [, nobody, fix] = await ofMail(`smtp://127.0.0.1:${await freePort()}`);
  expect(nobody).toContain('ECONNREFUSED');
  expect(fix).toMatch(/^Correct host and port in SMTP_URL/);
  const catcher = await startMailCatcher();
  stops.push(catcher.stop);
  const { port } = new URL(catcher.smtpUrl);
  expect((await ofMail(`smtps://127.0.0.1:${port}`)).at(-1)).toMatch(/^One side speaks TLS/);
  expect((await ofMail(`smtp://ann:secret@127.0.0.1:${port}`)).join()).not.toContain('secret');
});

/** SES in the sandbox, with these identities, and whether they are verified. Answers what is said of it. */
async function ofSes(from: string, identities: Record<string, boolean>): Promise<string[]> {
  const server = createServer((request, answer) => {
    const name = /^\/v2\/email\/identities\/([^/]+)$/.exec(request.url ?? '')?.[1];
    const isVerified = name === undefined ? undefined : identities[decodeURIComponent(name)];
    const isThere = name === undefined || isVerified !== undefined;
    answer.writeHead(isThere ? 200 : 404, {
      'content-type': 'application/json',
      ...(isThere ? {} : { 'x-amzn-errortype': 'NotFoundException' }),
    });
    const account = { SendingEnabled: true, ProductionAccessEnabled: false };
    answer.end(JSON.stringify(name === undefined ? account : { VerifiedForSendingStatus: isVerified }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const env = { OIDC_ISSUER: await serverOf(404, {}), AWS_ENDPOINT_URL, ...keys };
  return (await reportOf({ ...env, MAIL_FROM: from })).slice(3);
}

test('Amazon SES in the sandbox, and a sender that it does not know, or has not verified', async () => {
  const from = 'wavefleet <noreply@mail.example>';
  expect(await ofSes(from, { example: true, 'other.example': true })).toEqual([
    'warn SES sends',
    'the account is in the sandbox: only verified addresses get e-mails',
    'Ask AWS for production access (SES, "Account dashboard").',
    'FAIL SES may send as mail.example',
    'SES does not know it',
    "Verify mail.example in SES in us-east-1: Terraform's mail.create_identity makes it, its output mail_dns_records are the records to set.",
  ]);
  expect((await ofSes(from, { 'mail.example': false }))[4]).toBe('it is not verified yet');
});

test.each([
  ['its address is', { 'noreply@mail.audio.example': true }],
  [
    'its domain is, and its address is known and not',
    { 'noreply@mail.audio.example': false, 'mail.audio.example': true },
  ],
  ['a domain that its own is below is', { 'mail.audio.example': false, 'audio.example': true }],
])('Amazon SES sends where %s verified', async (_, identities) => {
  const lines = await ofSes('noreply@mail.audio.example', identities);
  expect(lines.slice(3)).toEqual(['ok SES may send as mail.audio.example']);
});
