/** Tokens that somebody has made up or changed. Those of another issuer, owner or session are in `tests/e2e/sign-in.test.ts`. */
import { createHmac } from 'node:crypto';
import { newTokenKey, turnedOver } from '@wavefleet/platform/people/token-keys.ts';
import { decodeProtectedHeader } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { AccessTokens } from './access-tokens.ts';

const key = newTokenKey();
const settings: ConstructorParameters<typeof AccessTokens>[0] = {
  AUTH: 'required',
  TOKEN_KEYS: { keys: [key] },
  PUBLIC_URL: 'https://audio.example',
  ACCESS_SECONDS: 600,
};
const tokens = new AccessTokens(settings);
const ann = { ownerId: 'account:ann', sessionId: '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01', rotatedAt: 1 };

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

test('one of ours says whom it is about', async () => {
  expect(await tokens.verify(await tokens.sign(ann))).toEqual(ann);
});

test('while keys are turned over each process believes the other one’s tokens, and when all have the new one it signs', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const keys = turnedOver([key]);
  const turned = () => new AccessTokens({ ...settings, TOKEN_KEYS: { keys } });
  const [first, second] = [turned(), turned()];
  for (const [one, other] of [
    [tokens, first],
    [first, tokens],
  ] as const)
    expect(await other.verify(await one.sign(ann))).toEqual(ann);
  vi.advanceTimersByTime(24 * 3_600_000);
  const token = await first.sign(ann);
  expect(decodeProtectedHeader(token).kid).toBe(keys[0]?.kid);
  expect(await second.verify(token)).toEqual(ann);
  expect(first.publicKeys.keys.map(({ kid }) => kid)).toEqual(keys.map(({ kid }) => kid));
  expect(JSON.stringify(first.publicKeys)).not.toMatch(/"d":|signsFrom/);
});

/** Makes another token of the three parts of a good one. */
type Change = (header: Record<string, unknown>, claims: string, signature: string) => string;

const changes: Record<string, Change> = {
  'without a signature': (header, claims) => `${encode(header)}.${claims}.`,
  'of which a part is missing': (header, claims) => `${encode(header)}.${claims}`,
  'whose signature is another one’s': (header, claims, signature) =>
    `${encode(header)}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
  'whose claims were changed': (header, _claims, signature) =>
    `${encode(header)}.${encode({ sub: 'account:ben' })}.${signature}`,
  'that says `none`': (header, claims) => `${encode({ ...header, alg: 'none' })}.${claims}.`,
  'that says `None`': (header, claims, signature) =>
    `${encode({ ...header, alg: 'None' })}.${claims}.${signature}`,
  // The public key is everybody's: who may choose the algorithm would sign with it.
  'signed with the public key as a secret': (header, claims) => {
    const signed = `${encode({ ...header, alg: 'HS256' })}.${claims}`;
    return `${signed}.${createHmac('sha256', Buffer.from(key.x, 'base64url')).update(signed).digest('base64url')}`;
  },
  'that brings a key along, and says where more are': (header, claims, signature) => {
    const { d: _d, ...jwk } = newTokenKey();
    const more = { jwk, kid: jwk.kid, jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' };
    return `${encode({ ...header, ...more })}.${claims}.${signature}`;
  },
  'that wants something of its reader which it does not know': (header, claims, signature) =>
    `${encode({ ...header, crit: ['b64'], b64: false })}.${claims}.${signature}`,
  'that is a refresh token': () => `${ann.sessionId}.${'a'.repeat(43)}`,
  'that is nothing': () => '..',
  'that is very long': (header, claims, signature) => `${encode(header)}.${claims}.${signature.repeat(200)}`,
};

test.each(Object.entries(changes))('one %s is none, and nobody is asked about it', async (_, change) => {
  const asked = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('nobody shall be asked'));
  onTestFinished(() => asked.mockRestore());
  const [header = '', claims = '', signature = ''] = (await tokens.sign(ann)).split('.');
  const parsed: Record<string, unknown> = JSON.parse(Buffer.from(header, 'base64url').toString());
  await expect(tokens.verify(change(parsed, claims, signature))).rejects.toMatchObject({
    code: 'INVALID_TOKEN',
  });
  expect(asked).not.toHaveBeenCalled();
});
