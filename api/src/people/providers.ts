/**
 * The providers by which people sign in, by settings: Google and one further one with OpenID Connect, GitHub with OAuth
 * 2.0 and its own answer to who somebody is (GitHub: "Authorizing OAuth apps").
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import type { Identity } from '@wavefleet/platform/people/accounts.ts';
import type { Configuration } from 'openid-client';
import { z } from 'zod';
import { CLOCK_TOLERANCE_SECONDS } from './access-tokens.ts';

/** Loaded with the first sign-in: where nobody signs in, it takes no memory. */
const openIdClient = () => import('openid-client');

/** For each answer of a provider. */
const TIMEOUT_SECONDS = 10;
/** UTF-16 units. Of what is shown of somebody; addresses are no longer (RFC 5321, section 4.5.3.1). */
const MAX_NAME = 100;
const MAX_EMAIL = 320;
/** OpenID Connect Core, section 2. */
const MAX_SUBJECT = 255;

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
  const { AUTH, GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID, OIDC_ISSUER, OIDC_CLIENT_ID } = config;
  if (AUTH === 'off') return [];
  return [
    ...(GOOGLE_CLIENT_ID === undefined
      ? []
      : [
          openIdProvider({
            id: 'google',
            label: 'Google',
            issuer: 'https://accounts.google.com',
            clientId: GOOGLE_CLIENT_ID,
            secret: config.GOOGLE_CLIENT_SECRET,
          }),
        ]),
    ...(GITHUB_CLIENT_ID === undefined
      ? []
      : [gitHub(config.GITHUB_URL, GITHUB_CLIENT_ID, config.GITHUB_CLIENT_SECRET)]),
    ...(OIDC_ISSUER === undefined || OIDC_CLIENT_ID === undefined
      ? []
      : [
          openIdProvider({
            id: 'oidc',
            label: config.OIDC_LABEL,
            issuer: OIDC_ISSUER,
            clientId: OIDC_CLIENT_ID,
            secret: config.OIDC_CLIENT_SECRET,
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

/** What somebody is called is for the page alone: what is none, empty or too long counts as not said. */
const shown = (longest: number) => z.string().trim().min(1).max(longest).optional().catch(undefined);
/** No half of a pair of UTF-16 units: DynamoDB refuses those. */
const nameSchema = z
  .string()
  .transform((name) => name.trim().slice(0, MAX_NAME).toWellFormed())
  .transform((name) => name || undefined)
  .optional()
  .catch(undefined);

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(MAX_SUBJECT),
  name: nameSchema,
  preferred_username: nameSchema,
  email: shown(MAX_EMAIL),
  /** Amazon Cognito and Apple write it as text. */
  email_verified: z.union([z.boolean(), z.stringbool()]).optional().catch(undefined),
});

function openIdProvider({ id, label, issuer, clientId, secret }: Client): Provider {
  const server = new URL(issuer);
  let known: Promise<Configuration> | undefined;
  // Asked once, and again after it has failed.
  const discovered = () => {
    known ??= openIdClient()
      .then(({ allowInsecureRequests, clockTolerance, discovery, enableNonRepudiationChecks }) => {
        const credentials = secret === undefined ? {} : { client_secret: secret };
        const client = { ...credentials, [clockTolerance]: CLOCK_TOLERANCE_SECONDS };
        return discovery(server, clientId, client, undefined, {
          timeout: TIMEOUT_SECONDS,
          execute: [
            // Who somebody is, the provider signs, by a key that it publishes: TLS alone is not believed.
            enableNonRepudiationChecks,
            // The settings allow that on this machine alone.
            ...(server.protocol === 'http:' ? [allowInsecureRequests] : []),
          ],
        });
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
        const { authorizationCodeGrant } = await openIdClient();
        const tokens = await authorizationCodeGrant(configuration, cameBack, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const claims = claimsSchema.parse(tokens.claims());
        const { email } = claims;
        return {
          provider: id,
          issuer: claims.iss,
          subject: claims.sub,
          email,
          name: claims.name ?? claims.preferred_username ?? email ?? claims.sub,
          emailVerified: claims.email_verified ?? false,
        };
      });
    },
  };
}

const gitHubUserSchema = z.object({ id: z.int(), login: z.string(), name: nameSchema });
const gitHubEmailsSchema = z.array(
  z.object({ email: shown(MAX_EMAIL), primary: z.boolean(), verified: z.boolean() }),
);

function gitHub(url: string, clientId: string, secret: string | undefined): Provider {
  const site = new URL(url);
  const configured = async () => {
    const { allowInsecureRequests, Configuration } = await openIdClient();
    const server = {
      // What it says of itself when it leads back (RFC 9207), since April 2026.
      issuer: `${site.origin}/login/oauth`,
      authorization_endpoint: `${site.origin}/login/oauth/authorize`,
      token_endpoint: `${site.origin}/login/oauth/access_token`,
    };
    const configuration = new Configuration(server, clientId, secret);
    configuration.timeout = TIMEOUT_SECONDS;
    if (site.protocol === 'http:') allowInsecureRequests(configuration);
    return configuration;
  };
  // GitHub: "Getting started with the REST API", and of Enterprise Server the same below /api/v3.
  const api = site.hostname === 'github.com' ? 'https://api.github.com' : `${site.origin}/api/v3`;
  const get = async (configuration: Configuration, token: string, path: string): Promise<unknown> => {
    const { fetchProtectedResource } = await openIdClient();
    const headers = new Headers({ accept: 'application/vnd.github+json', 'user-agent': 'wavefleet' });
    const address = new URL(`${api}${path}`);
    const answer = await fetchProtectedResource(configuration, token, address, 'GET', null, headers);
    return await answer.json();
  };
  return {
    id: 'github',
    label: 'GitHub',
    address: async (round) => addressOf(await configured(), round, { scope: 'read:user user:email' }),
    identity: async (cameBack, { state, verifier }) =>
      await orFail(async () => {
        const checks = { pkceCodeVerifier: verifier, expectedState: state };
        const { authorizationCodeGrant } = await openIdClient();
        const configuration = await configured();
        const { access_token } = await authorizationCodeGrant(configuration, cameBack, checks);
        const user = gitHubUserSchema.parse(await get(configuration, access_token, '/user'));
        const emails =
          gitHubEmailsSchema.safeParse(await get(configuration, access_token, '/user/emails')).data ?? [];
        const primary = emails.find((each) => each.primary);
        return {
          provider: 'github',
          issuer: site.origin,
          subject: String(user.id),
          email: primary?.email,
          name: user.name ?? user.login,
          emailVerified: primary?.verified ?? false,
        };
      }),
  };
}

async function addressOf(
  configuration: Configuration,
  { state, verifier, redirectUri }: Round,
  more: Record<string, string>,
): Promise<string> {
  const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await openIdClient();
  return buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    state,
    ...more,
    code_challenge: await calculatePKCECodeChallenge(verifier),
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
