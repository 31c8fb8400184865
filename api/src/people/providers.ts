/**
 * The providers by which people sign in, by settings: Google and one further one with OpenID Connect, GitHub with OAuth
 * 2.0 and its own answer to who somebody is (GitHub: "Authorizing OAuth apps").
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import type { Identity } from '@wavefleet/platform/people/accounts.ts';
import * as oidc from 'openid-client';
import { z } from 'zod';

const TIMEOUT_SECONDS = 10;
const MAX_NAME = 100;

/** What has to be the same when the browser comes back. */
interface Round {
  readonly state: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

export interface Provider {
  readonly id: string;
  readonly label: string;
  /** Where the browser is sent. @throws Failure SERVICE_UNAVAILABLE while the provider does not answer. */
  address(round: Round): Promise<string>;
  /** @param cameBack the whole address that the browser came back to. @throws Failure SIGN_IN_FAILED. */
  identity(cameBack: URL, round: Round): Promise<Identity>;
}

/** Those that the settings name, in the order that the page shows. */
export function providersOf(config: Config): readonly Provider[] {
  const { AUTH, GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID, OIDC_ISSUER } = config;
  if (AUTH === 'off') return [];
  return [
    ...(GOOGLE_CLIENT_ID === undefined
      ? []
      : [
          openIdProvider({
            ...{ id: 'google', label: 'Google', issuer: 'https://accounts.google.com' },
            ...{ clientId: GOOGLE_CLIENT_ID, secret: config.GOOGLE_CLIENT_SECRET },
          }),
        ]),
    ...(GITHUB_CLIENT_ID === undefined
      ? []
      : [gitHub(config.GITHUB_URL, GITHUB_CLIENT_ID, config.GITHUB_CLIENT_SECRET)]),
    ...(OIDC_ISSUER === undefined
      ? []
      : [
          openIdProvider({
            ...{ id: 'oidc', label: config.OIDC_LABEL, issuer: OIDC_ISSUER },
            ...{ clientId: config.OIDC_CLIENT_ID ?? 'wavefleet', secret: config.OIDC_CLIENT_SECRET },
          }),
        ]),
  ];
}

interface Client {
  readonly id: string;
  readonly label: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly secret: string | undefined;
}

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
});

function openIdProvider({ id, label, issuer, clientId, secret }: Client): Provider {
  const server = new URL(issuer);
  let known: Promise<oidc.Configuration> | undefined;
  // Asked once, and again after it has failed.
  const discovered = () => {
    known ??= oidc
      .discovery(server, clientId, secret, undefined, {
        timeout: TIMEOUT_SECONDS,
        // The settings allow that on this machine alone.
        execute: server.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
      })
      .catch((cause: unknown) => {
        known = undefined;
        throw new Failure('SERVICE_UNAVAILABLE', { cause });
      });
    return known;
  };
  return {
    id,
    label,
    async address(round) {
      const { nonce } = round;
      return addressOf(await discovered(), round, { scope: 'openid profile email', nonce });
    },
    async identity(cameBack, { state, verifier, nonce }) {
      const configuration = await discovered();
      return await orFail(async () => {
        const tokens = await oidc.authorizationCodeGrant(configuration, cameBack, {
          ...{
            pkceCodeVerifier: verifier,
            expectedState: state,
            expectedNonce: nonce,
            idTokenExpected: true,
          },
        });
        const claims = claimsSchema.parse(tokens.claims());
        const { email } = claims;
        return {
          ...{ provider: id, issuer: claims.iss, subject: claims.sub, email },
          name: (claims.name ?? claims.preferred_username ?? email ?? claims.sub).slice(0, MAX_NAME),
          emailVerified: claims.email_verified ?? false,
        };
      });
    },
  };
}

const gitHubUserSchema = z.object({ id: z.int(), login: z.string(), name: z.string().nullish() });
const gitHubEmailsSchema = z.array(
  z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }),
);

function gitHub(url: string, clientId: string, secret: string | undefined): Provider {
  const site = new URL(url);
  const configuration = new oidc.Configuration(
    {
      issuer: site.origin,
      authorization_endpoint: `${site.origin}/login/oauth/authorize`,
      token_endpoint: `${site.origin}/login/oauth/access_token`,
    },
    clientId,
    secret,
  );
  configuration.timeout = TIMEOUT_SECONDS;
  if (site.protocol === 'http:') oidc.allowInsecureRequests(configuration);
  // GitHub: "Getting started with the REST API", and of Enterprise Server the same below /api/v3.
  const api = site.hostname === 'github.com' ? 'https://api.github.com' : `${site.origin}/api/v3`;
  const get = async (token: string, path: string): Promise<unknown> => {
    const headers = new Headers({ accept: 'application/vnd.github+json', 'user-agent': 'wavefleet' });
    const answer = await oidc.fetchProtectedResource(
      configuration,
      token,
      new URL(`${api}${path}`),
      'GET',
      null,
      headers,
    );
    return await answer.json();
  };
  return {
    id: 'github',
    label: 'GitHub',
    address: async (round) => addressOf(configuration, round, { scope: 'read:user user:email' }),
    identity: async (cameBack, { state, verifier }) =>
      await orFail(async () => {
        const checks = { pkceCodeVerifier: verifier, expectedState: state };
        const { access_token } = await oidc.authorizationCodeGrant(configuration, cameBack, checks);
        const user = gitHubUserSchema.parse(await get(access_token, '/user'));
        const emails = gitHubEmailsSchema.safeParse(await get(access_token, '/user/emails')).data ?? [];
        const primary = emails.find((each) => each.primary);
        return {
          ...{ provider: 'github', issuer: site.origin, subject: String(user.id), email: primary?.email },
          name: (user.name ?? user.login).slice(0, MAX_NAME),
          emailVerified: primary?.verified ?? false,
        };
      }),
  };
}

async function addressOf(
  configuration: oidc.Configuration,
  { state, verifier, redirectUri }: Round,
  more: Record<string, string>,
): Promise<string> {
  return oidc.buildAuthorizationUrl(configuration, {
    ...{ redirect_uri: redirectUri, state, ...more },
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).href;
}

/** Whatever is wrong with what the provider said: who signs in can only begin again. */
async function orFail(work: () => Promise<Identity>): Promise<Identity> {
  try {
    return await work();
  } catch (cause) {
    throw new Failure('SIGN_IN_FAILED', { cause });
  }
}
