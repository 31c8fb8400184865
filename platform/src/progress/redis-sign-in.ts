/**
 * Signing in to ElastiCache by IAM: a user without a password, whose word for one is a signed URL that holds for fifteen
 * minutes. Nothing secret is stored anywhere; a connection stays when its token is over, until the service ends it
 * after twelve hours ("Authenticating with IAM", Amazon ElastiCache User Guide).
 */
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider, HashConstructor } from '@smithy/types';

/** Who signs in where. */
export interface RedisIdentity {
  /** The ElastiCache user: its id, which is its name. */
  readonly user: string;
  /** The id of the replication group, in lower case. */
  readonly cache: string;
}

/** What signs: as an SDK client of this process has it. */
export interface Signing {
  readonly region: () => Promise<string>;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly sha256: HashConstructor;
}

/** How a connection says who it is. */
export interface RedisSignIn {
  readonly username: string;
  /** A new one for each connection. @throws what the credentials' source says. */
  readonly password: () => Promise<string>;
}

const TOKEN_SECONDS = 900;

export function signInByIam({ user, cache }: RedisIdentity, signing: Signing): RedisSignIn {
  const signer = new SignatureV4({ service: 'elasticache', ...signing });
  const asked = {
    method: 'GET',
    protocol: 'http:',
    hostname: cache,
    path: '/',
    query: { Action: 'connect', User: user },
    headers: { host: cache },
  };
  return {
    username: user,
    async password() {
      const { query = {} } = await signer.presign(asked, { expiresIn: TOKEN_SECONDS });
      const pairs = Object.entries(query).map(([name, value]) => [name, String(value)] as const);
      return `${cache}/?${new URLSearchParams(Object.fromEntries(pairs))}`;
    },
  };
}
