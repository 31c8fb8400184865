/** Keys by which access tokens are signed, for the setting TOKEN_KEYS. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { z } from 'zod';

const ed25519 = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() });

/** One private key as a JWK (RFC 8037). */
export function newTokenKey() {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { ...ed25519.parse(jwk), kid: randomUUID() };
}
