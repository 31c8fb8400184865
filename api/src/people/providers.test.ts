/** What providers say of somebody, as it comes: odd, wrong, or not at all. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requiredSettings } from '@wavefleet/platform/config.testing.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Provider, providersOf } from './providers.ts';

const round = { state: 's', verifier: 'v'.repeat(43), nonce: 'n', redirectUri: 'http://127.0.0.1:3000/back' };
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

let issuer: string;
/** How the provider answers a code. */
let answers: (to: ServerResponse) => void;
const server = createServer((asked, answer) => {
  answer.setHeader('content-type', 'application/json');
  if (asked.url === '/token') return answers(answer);
  const discovery = {
    ...{ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
    ...{ jwks_uri: `${issuer}/jwks`, response_types_supported: ['code'] },
    id_token_signing_alg_values_supported: ['RS256'],
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

/** Over TLS, or to this machine, the signature is not what a client believes (OpenID Connect Core, section 3.1.3.7). */
function says(claims: Record<string, unknown>): void {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: issuer, aud: 'wavefleet', nonce: round.nonce, iat: now, exp: now + 60, ...claims };
  const idToken = `${encode({ alg: 'RS256' })}.${encode(all)}.${encode('signature')}`;
  answers = (to) => {
    to.end(JSON.stringify({ access_token: 'a', token_type: 'bearer', id_token: idToken }));
  };
}

function provider(): Provider {
  const config = loadConfig({
    ...requiredSettings,
    ...{ AUTH: 'optional', PUBLIC_URL: 'http://127.0.0.1:3000', OIDC_ISSUER: issuer },
    ...{ OIDC_CLIENT_ID: 'wavefleet', OIDC_CLIENT_SECRET: 'secret' },
    TOKEN_KEYS: JSON.stringify({ keys: [newTokenKey()] }),
  });
  return providersOf(config)[0] ?? expect.fail();
}

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
  ['a token that has ended', () => says({ sub: 'ann', exp: 1 })],
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
  answers = (to) => {
    to.end(JSON.stringify({ access_token: 'a', token_type: 'bearer', id_token: idToken }));
  };
  await expect(identity()).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
});

test('a provider that is away is so until it is back', async () => {
  const by = provider();
  const found = issuer;
  issuer = 'http://127.0.0.1:1';
  await expect(by.address(round)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  issuer = found;
  expect(await by.address(round)).toMatch(`${issuer}/authorize?`);
});
