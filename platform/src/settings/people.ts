/** Settings of who asks: signing in, and whose dropped files are. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { ANONYMOUS_OWNER } from '@wavefleet/contracts/job.ts';
import { authModeSchema, ownerIdSchema } from '@wavefleet/contracts/people.ts';
import { findPreset } from '@wavefleet/contracts/presets.ts';
import { z } from 'zod';
import { parseJson } from '../parse-json.ts';
import { type Expect, httpUrl, name, secret, whole } from './kinds.ts';
import { isThisMachine } from './this-machine.ts';

const part = z.string().regex(/^[\w-]{43}$/);
/** RFC 8037, "Curve25519 in JOSE". */
const signingKey = z
  .object({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    kid: z.string().min(1),
    x: part,
    d: part,
    signsFrom: z.iso.datetime().optional(),
  })
  .refine((key) => {
    const whole = createPublicKey(createPrivateKey({ key, format: 'jwk' }));
    return whole.export({ format: 'jwk' }).x === key.x;
  });
/** A token says by its `kid` which one has signed it. */
const keySet = z.object({
  keys: z
    .array(signingKey)
    .min(1)
    .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length),
});
/** Read here, so that what cannot sign is found at start. */
const tokenKeys = z.string().transform((text, context) => {
  const parsed = keySet.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue('a JWK Set of private Ed25519 keys, each with a kid of its own');
  return z.NEVER;
});
const dropOwner = ownerIdSchema.refine(
  (owner) => owner !== ANONYMOUS_OWNER,
  'an owner other than anonymous: that is anybody',
);
/** Alias → owner. A preset is no alias: keys would have two meanings. */
const dropOwners = z
  .string()
  .transform((text) =>
    text.split(',').map((entry) => {
      const [alias = '', owner = alias] = entry.trim().split('=');
      return [alias, owner] as const;
    }),
  )
  .refine(
    (pairs) => pairs.every(([alias]) => /^[\w:.@-]{1,128}$/.test(alias) && findPreset(alias) === undefined),
    'names of folders that are no presets, each with =owner or alone, and commas between them',
  )
  .refine(
    (pairs) => pairs.every(([, owner]) => dropOwner.safeParse(owner).success),
    'after each = an owner, and never anonymous',
  )
  .transform((pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs));

/** Of signing in, by their environment names: for the API alone, since whoever has the keys is anybody. */
export const signInSettings = {
  /** Whether people sign in: see `authModeSchema`. */
  AUTH: authModeSchema.default('off'),
  /**
   * JWK Set (RFC 7517) of private Ed25519 keys: all are believed, the first one whose `signsFrom` has come signs.
   * `wavefleet token-keys` makes it.
   */
  TOKEN_KEYS: secret(tokenKeys.optional()),
  /** How long an access token is good for. What it may be used for is looked up all the same. */
  ACCESS_SECONDS: whole(600, 5, 3_600),
  GOOGLE_CLIENT_ID: name.optional(),
  GOOGLE_CLIENT_SECRET: secret(name.optional()),
  GITHUB_CLIENT_ID: name.optional(),
  GITHUB_CLIENT_SECRET: secret(name.optional()),
  /** Of GitHub Enterprise Server, where it is not github.com. */
  GITHUB_URL: httpUrl.default('https://github.com'),
  /** One more provider, of OpenID Connect: its issuer, and what people call it. */
  OIDC_ISSUER: httpUrl.optional(),
  OIDC_LABEL: name.default('Single sign-on'),
  OIDC_CLIENT_ID: name.optional(),
  OIDC_CLIENT_SECRET: secret(name.optional()),
} as const;

/** All of them. */
export const peopleSettings = {
  /** Whose the jobs of files in `drops/{preset}/…` are. Nobody is that by a cookie: a key of it is made by operators. */
  DROP_OWNER: dropOwner.default('drops'),
  /** Whose those in `drops/{alias}/{preset}/…` are: `alias=owner` with commas between them; an alias alone is its own owner. */
  DROP_OWNERS: dropOwners.default({}),
  /** Where browsers find the service: providers send people back there. */
  PUBLIC_URL: httpUrl.transform((url) => new URL(url).origin).optional(),
  ...signInSettings,
} as const;

type PeopleSettings = z.infer<z.ZodObject<typeof peopleSettings>>;

/** Rules between them. */
export function expectOfPeople(config: PeopleSettings, expect: Expect): void {
  if (config.AUTH !== 'off') {
    const given = { PUBLIC_URL: config.PUBLIC_URL, TOKEN_KEYS: config.TOKEN_KEYS };
    for (const [name, value] of Object.entries(given))
      expect(value !== undefined, `${name}: is not set, and AUTH (${config.AUTH}) needs it`);
    expect(
      [config.GOOGLE_CLIENT_ID, config.GITHUB_CLIENT_ID, config.OIDC_ISSUER].some((id) => id !== undefined),
      `GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID, OIDC_ISSUER: expected one at least, for AUTH (${config.AUTH})`,
    );
    for (const name of ['PUBLIC_URL', 'OIDC_ISSUER', 'GITHUB_URL'] as const)
      expect(isSafe(config[name]), `${name}: expected https, or this machine by its loopback address`);
  }
  for (const [needs, given] of clientParts) {
    expect(
      config[given] === undefined || config[needs] !== undefined,
      `${needs}: is not set, and ${given} needs it`,
    );
  }
}

/** What makes no sense without which. */
const clientParts = [
  ['GOOGLE_CLIENT_SECRET', 'GOOGLE_CLIENT_ID'],
  ['GITHUB_CLIENT_SECRET', 'GITHUB_CLIENT_ID'],
  ['OIDC_CLIENT_ID', 'OIDC_ISSUER'],
  ['OIDC_CLIENT_SECRET', 'OIDC_ISSUER'],
] as const;

/** Cookies and codes travel there: in the clear only within one machine. */
function isSafe(url: string | undefined): boolean {
  if (url === undefined) return true;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isThisMachine(hostname);
}
