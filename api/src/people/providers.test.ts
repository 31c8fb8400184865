/** What providers say of somebody, as it comes: odd, wrong, or not at all. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requiredSettings } from '@wavefleet/platform/config.testing.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Provider, providersOf } from './providers.ts';

const round = { state: 's', verifier: 'v'.repeat(43), nonce: 'n', redirectUri: 'http://127.0.0.1:3000/back' };

/** What the provider signs with and publishes, and what somebody else signs with. */
const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
const published = { ...(await exportJWK(own.publicKey)), kid: 'own', use: 'sig', alg: 'RS256' };

let issuer: string;
/** How the provider answers a code. */
let answers: (to: ServerResponse) => unknown;
const server = createServer((asked, answer) => {
  answer.setHeader('content-type', 'application/json');
  if (asked.url === '/token') return void answers(answer);
  if (asked.url === '/jwks') return void answer.end(JSON.stringify({ keys: [published] }));
  const discovery = {
    ...{ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
    ...{ jwks_uri: `${issuer}/jwks`, response_types_supported: ['code'] },
    id_token_signing_alg_values_supported: ['RS256', 'HS256'],
  };
  answer.end(JSON.stringify(discovery));
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Answers with an ID token of these claims besides the usual ones. Times are seconds since 1970. */
function says(claims: Record<string, unknown>, signed = { key: own.privateKey, kid: 'own' }): void {
  const now = nowSeconds();
  const all = { iss: issuer, aud: 'wavefleet', nonce: round.nonce, iat: now, exp: now + 60, ...claims };
  const token = new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: signed.kid }).sign(signed.key);
  answersToken(token);
}

/** @param change what becomes of the parts of a token as it should be. */
function saysChanged(change: (header: string, claims: string, signature: string) => string): void {
  const claims = { iss: issuer, aud: 'wavefleet', nonce: round.nonce, sub: 'ann' };
  const token = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'own' });
  const whole = token.setIssuedAt().setExpirationTime('1 m').sign(own.privateKey);
  answersToken(
    whole.then((text) => {
      const [header = '', payload = '', signature = ''] = text.split('.');
      return change(header, payload, signature);
    }),
  );
}

function answersToken(token: string | Promise<string>): void {
  answers = async (to) => {
    to.end(JSON.stringify({ access_token: 'a', token_type: 'bearer', id_token: await token }));
  };
}

const nowSeconds = () => Math.floor(Date.now() / 1000);
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

function provider(): Provider {
  const config = loadConfig({
    ...requiredSettings,
    ...{ AUTH: 'optional', PUBLIC_URL: 'http://127.0.0.1:3000', OIDC_ISSUER: issuer },
    ...{ OIDC_CLIENT_ID: 'wavefleet', OIDC_CLIENT_SECRET: 'secret' },
    TOKEN_KEYS: JSON.stringify({ keys: [newTokenKey()] }),
  });
  return providersOf(config)[0] ?? expect.fail();
}

/** Claims that would be believed, were they signed. */
const benOf = () => ({
  ...{ iss: issuer, aud: 'wavefleet', nonce: round.nonce, sub: 'ben' },
  ...{ iat: nowSeconds(), exp: nowSeconds() + 60 },
});

const identity = async (by = provider()) =>
  await by.identity(new URL(`${round.redirectUri}?code=c&state=${round.state}`), round);

const ann = { provider: 'oidc', subject: 'ann', name: 'Ann', email: 'ann@example.test', emailVerified: true };
test.each([
  ['as it should be', { name: 'Ann', email: ann.email, email_verified: true }, ann],
  ['nothing but who it is', {}, { ...ann, name: 'ann', email: undefined, emailVerified: false }],
  [
    'null for what is not known',
    { name: null, email: null, email_verified: null, preferred_username: 'Ann' },
    { ...ann, email: undefined, emailVerified: false },
  ],
  ['true as text', { name: 'Ann', email: ann.email, email_verified: 'true' }, ann],
  [
    'false as text',
    { name: 'Ann', email: ann.email, email_verified: 'false' },
    { ...ann, emailVerified: false },
  ],
  ['an empty name', { name: '  ', email: ann.email, email_verified: true }, { ...ann, name: ann.email }],
  [
    'markup',
    { name: '<img src=x onerror=alert(1)>', email: ann.email, email_verified: true },
    { ...ann, name: '<img src=x onerror=alert(1)>' },
  ],
  [
    'a name that is cut within a letter',
    { name: `${'a'.repeat(99)}😀`, email: ann.email, email_verified: true },
    { ...ann, name: `${'a'.repeat(99)}\ufffd` },
  ],
  [
    'an address of a megabyte',
    { name: 'Ann', email: 'a'.repeat(1024 ** 2), email_verified: true },
    { ...ann, email: undefined },
  ],
  [
    'an odd subject',
    { sub: '["x","y"]\u0000:/../key:1', name: 'Ann', email: ann.email, email_verified: true },
    { ...ann, subject: '["x","y"]\u0000:/../key:1' },
  ],
])('%s', async (_, claims, expected) => {
  says({ sub: 'ann', ...claims });
  expect(await identity()).toEqual({ issuer, ...expected });
});

test.each<[string, () => void]>([
  ['no subject', () => says({ sub: '' })],
  ['a subject of a megabyte', () => says({ sub: 'a'.repeat(1024 ** 2) })],
  ['another nonce', () => says({ sub: 'ann', nonce: 'another' })],
  ['another client', () => says({ sub: 'ann', aud: 'another' })],
  ['another issuer', () => says({ sub: 'ann', iss: 'https://evil.example' })],
  ['a token that has ended', () => says({ sub: 'ann', exp: nowSeconds() - 75 })],
  ['a token that is not valid yet', () => says({ sub: 'ann', nbf: nowSeconds() + 75 })],
  ['a wrong signature', () => says({ sub: 'ann' }, { key: foreign.privateKey, kid: 'own' })],
  [
    'a key that the provider does not publish',
    () => says({ sub: 'ann' }, { key: foreign.privateKey, kid: 'x' }),
  ],
  [
    'a signature of other claims',
    () => saysChanged((header, _claims, signature) => `${header}.${encode(benOf())}.${signature}`),
  ],
  ['no signature after all', () => saysChanged((header, claims) => `${header}.${claims}.`)],
  [
    'a signature with the secret that both know',
    () => {
      const secret = new TextEncoder().encode('secret');
      answersToken(new SignJWT(benOf()).setProtectedHeader({ alg: 'HS256' }).sign(secret));
    },
  ],
  [
    'status 500',
    () => {
      answers = (to) => {
        to.writeHead(500).end('{}');
      };
    },
  ],
  [
    'no JSON',
    () => {
      answers = (to) => {
        to.end('<html>');
      };
    },
  ],
  [
    'half an answer',
    () => {
      answers = (to) => {
        to.write('{"access');
        setImmediate(() => to.destroy());
      };
    },
  ],
])('%s: nobody is signed in', async (_, speak) => {
  speak();
  await expect(identity()).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
});

test('a token without a signature is none', async () => {
  const idToken = new UnsecuredJWT({ nonce: round.nonce })
    .setSubject('ann')
    .setIssuer(issuer)
    .setAudience('wavefleet')
    .setIssuedAt()
    .setExpirationTime('1 m')
    .encode();
  answersToken(idToken);
  await expect(identity()).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
});

test.each([
  ['behind', () => ({ exp: nowSeconds() - 30 })],
  ['ahead', () => ({ nbf: nowSeconds() + 30, iat: nowSeconds() + 30 })],
])('a provider whose clock is half a minute %s is believed', async (_, times) => {
  says({ sub: 'ann', ...times() });
  expect(await identity()).toMatchObject({ subject: 'ann' });
});

test('a provider that is away is so until it is back', async () => {
  const by = provider();
  const found = issuer;
  issuer = 'http://127.0.0.1:1';
  await expect(by.address(round)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  issuer = found;
  expect(await by.address(round)).toMatch(`${issuer}/authorize?`);
});
