/**
 * A provider of OpenID Connect on this machine, for `npm start -- --auth` and the tests: it believes whatever name it is
 * told, and else behaves as the real ones do.
 */
import { generateKeyPair } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import Provider, { interactionPolicy } from 'oidc-provider';
import { providerMemory } from './provider-memory.ts';
import { INTERACTIONS, interact } from './provider-page.ts';

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
    adapter: providerMemory(),
    jwks: { keys: [await signingKey()] },
    ttl: { ...lifetimes },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `${INTERACTIONS}${uid}`, policy: askedEachTime() },
    // Its one client is this service: nobody is asked what it may know.
    async loadExistingGrant({ oidc: { client, session } }) {
      const clientId = client?.clientId ?? '';
      const known = session?.grantIdFor(clientId);
      const former = known === undefined ? undefined : await provider.Grant.find(known);
      if (former?.accountId === session?.accountId && former !== undefined) return former;
      const grant = new provider.Grant({ clientId, accountId: session?.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
  const others = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith(INTERACTIONS) === true) void interact(provider, request, response);
    else void others(request, response);
  });
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

/** Seconds. */
const lifetimes = {
  AuthorizationCode: 60,
  AccessToken: 3_600,
  IdToken: 3_600,
  Interaction: 3_600,
  Session: 86_400,
  Grant: 86_400,
};

/** Whoever signs out may be somebody else the next time. */
function askedEachTime() {
  const { base, Check } = interactionPolicy;
  const policy = base();
  policy
    .get('login')
    ?.checks.add(
      new Check('asked_each_time', 'who somebody is, is asked each time', 'login_required', ({ oidc }) =>
        oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    );
  return policy;
}

async function signingKey() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'of-this-machine' };
}
