/**
 * A provider of OpenID Connect on this machine, for `npm start -- --auth` and the tests: it believes whatever name it is
 * told, and else behaves as the real ones do.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** Whom it knows. */
export const CLIENT = { client_id: 'wavefleet', client_secret: 'of-this-machine-alone' } as const;

/** A provider that answers. */
export interface LocalProvider {
  /** For the API: its settings of this provider. */
  readonly env: Readonly<
    Record<'OIDC_ISSUER' | 'OIDC_LABEL' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET', string>
  >;
  stop(): Promise<void>;
}

/** Where it listens. */
export interface ProviderPlace {
  /** Default: this machine alone. */
  readonly host?: string;
  /** The address under which browsers and the API find it, with the port that it takes. Default: a free one. */
  readonly issuer?: string;
}

/** @param publicUrl where browsers find the service. */
export async function startProvider(publicUrl: string, place: ProviderPlace = {}): Promise<LocalProvider> {
  const server = createServer();
  server.listen(
    place.issuer === undefined ? 0 : Number(new URL(place.issuer).port),
    place.host ?? '127.0.0.1',
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = place.issuer ?? `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [`${publicUrl}/api/auth/callback/oidc`] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    // Who says to be `ann` is Ann; who begins with `unverified` has never answered an e-mail.
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({
        sub,
        name: sub,
        email: `${sub}@example.test`,
        email_verified: !sub.startsWith('unverified'),
      }),
    }),
    conformIdTokenClaims: false,
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  return {
    env: {
      OIDC_ISSUER: issuer,
      OIDC_LABEL: 'the provider of this machine',
      OIDC_CLIENT_ID: CLIENT.client_id,
      OIDC_CLIENT_SECRET: CLIENT.client_secret,
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
