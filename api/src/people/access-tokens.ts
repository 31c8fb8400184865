/**
 * Access tokens: who has signed in, signed with EdDSA (RFC 8037) in the profile of RFC 9068. They are short-lived, and
 * name the session that is looked up besides.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import { signingKeyOf } from '@wavefleet/platform/people/token-keys.ts';
import type { JWK, JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** Loaded with the first token: where nobody signs in, it takes no memory. */
const jose = () => import('jose');

const AUDIENCE = 'wavefleet';
const TYPE = 'at+jwt';
/** Clocks of two processes, and a provider's and ours, may differ by so much. */
export const CLOCK_TOLERANCE_SECONDS = 60;

const claimsSchema = z.object({ sub: z.string(), sid: z.uuid(), rot: z.int() });

/** Whom a token is about. */
export interface TokenClaims {
  readonly ownerId: string;
  readonly sessionId: string;
  /** See `Session`. */
  readonly rotatedAt: number;
}

type Settings = Pick<Config, 'AUTH' | 'TOKEN_KEYS' | 'PUBLIC_URL' | 'ACCESS_SECONDS'>;

export class AccessTokens {
  /** RFC 7517, without what signs: for `/.well-known/jwks.json`. */
  readonly publicKeys: { readonly keys: readonly JWK[] };
  readonly lifetimeSeconds: number;
  readonly #issuer: string;
  readonly #keys: NonNullable<Config['TOKEN_KEYS']>['keys'];
  #verifying: JWTVerifyGetKey | undefined;

  constructor({ AUTH, TOKEN_KEYS, PUBLIC_URL, ACCESS_SECONDS }: Settings) {
    this.#keys = AUTH === 'off' ? [] : (TOKEN_KEYS?.keys ?? []);
    const shown = this.#keys.map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }));
    this.publicKeys = { keys: shown };
    this.lifetimeSeconds = ACCESS_SECONDS;
    this.#issuer = PUBLIC_URL ?? '';
  }

  async sign({ ownerId, sessionId, rotatedAt }: TokenClaims): Promise<string> {
    const key = signingKeyOf(this.#keys);
    if (key === undefined) throw new Error('there are no TOKEN_KEYS');
    const { SignJWT, importJWK } = await jose();
    return await new SignJWT({ sid: sessionId, rot: rotatedAt })
      .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: TYPE })
      .setIssuer(this.#issuer)
      .setAudience(AUDIENCE)
      .setSubject(ownerId)
      .setIssuedAt()
      .setExpirationTime(`${this.lifetimeSeconds} s`)
      .sign(await importJWK(key, 'EdDSA'));
  }

  /** Keys are those of the settings alone, whatever the token's header names. @throws Failure TOKEN_EXPIRED, INVALID_TOKEN. */
  async verify(token: string): Promise<TokenClaims> {
    if (this.#keys.length === 0) throw new Failure('INVALID_TOKEN');
    const { createLocalJWKSet, errors, jwtVerify } = await jose();
    this.#verifying ??= createLocalJWKSet({ keys: [...this.publicKeys.keys] });
    try {
      const { payload } = await jwtVerify(token, this.#verifying, {
        algorithms: ['EdDSA'],
        typ: TYPE,
        issuer: this.#issuer,
        audience: AUDIENCE,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'iat', 'sub', 'sid', 'rot'],
      });
      const { sub, sid, rot } = claimsSchema.parse(payload);
      return { ownerId: sub, sessionId: sid, rotatedAt: rot };
    } catch (cause) {
      throw new Failure(cause instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'INVALID_TOKEN', { cause });
    }
  }
}
