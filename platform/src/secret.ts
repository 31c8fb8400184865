/** Secrets that we make up: cookies, tokens, keys. They have 256 random bits, so that no slow hash has to guard them. */
import { createHash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** What {@link newSecret} makes. */
export const secretPattern = /^[\w-]{43}$/;

/** 43 characters of base64url. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** SHA-256 in hexadecimal digits: what is stored in place of a secret. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
