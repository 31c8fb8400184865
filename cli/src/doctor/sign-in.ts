/** The providers by which people sign in: whether they answer, and say of themselves what the API needs. */
import type { Config } from '@wavefleet/platform/config.ts';
import type { Where } from '@wavefleet/platform/trouble/where.ts';
import { z } from 'zod';
import type { Check, Remark } from './check.ts';
import type { Service } from './service.ts';

/** OpenID Connect Discovery 1.0, section 3: what of it the API uses. */
const documentSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
});

/** None while AUTH is off. */
export function signInServices(config: Config): Service[] {
  const { AUTH, PUBLIC_URL, GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID, GITHUB_URL, OIDC_ISSUER } = config;
  if (AUTH === 'off') return [];
  const provider = (id: string, setting: Where['setting'], url: string, ask: Ask): Service => {
    const { origin } = new URL(url);
    const check: Check = {
      what: `Sign-in ${origin}: leads back to ${PUBLIC_URL}/api/auth/callback/${id}`,
      thing: origin,
      run: (signal) => ask(url, signal),
    };
    const where: Where = { service: 'sign-in', region: config.AWS_REGION, setting, address: origin };
    return { where, checks: [check] };
  };
  const google = 'https://accounts.google.com';
  return [
    ...(GOOGLE_CLIENT_ID === undefined
      ? []
      : [provider('google', 'GOOGLE_CLIENT_ID', google, askOpenIdProvider)]),
    ...(GITHUB_CLIENT_ID === undefined ? [] : [provider('github', 'GITHUB_URL', GITHUB_URL, askGitHub)]),
    ...(OIDC_ISSUER === undefined ? [] : [provider('oidc', 'OIDC_ISSUER', OIDC_ISSUER, askOpenIdProvider)]),
  ];
}

type Ask = (url: string, signal: AbortSignal) => Promise<readonly Remark[]>;

const CORRECT =
  'Correct OIDC_ISSUER: /.well-known/openid-configuration below it is the provider’s own description.';

async function askOpenIdProvider(issuer: string, signal: AbortSignal): Promise<readonly Remark[]> {
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
  const answer = await fetch(`${base}/.well-known/openid-configuration`, { signal, redirect: 'manual' });
  const text = await answer.text();
  if (!answer.ok) return [failed(`answers ${answer.status}`, CORRECT)];
  const { data } = documentSchema.safeParse(parsed(text));
  if (data === undefined) return [failed('what it answers is no description of a provider', CORRECT)];
  if (data.issuer.replace(/\/$/, '') !== base)
    return [failed(`it says that it is ${data.issuer}`, `Set OIDC_ISSUER=${data.issuer}.`)];
  const methods = data.code_challenge_methods_supported;
  if (methods === undefined || methods.includes('S256')) return [];
  return [
    failed('it does not take PKCE with S256', 'Nobody can sign in with this provider: use another one.'),
  ];
}

/** It describes itself nowhere: that it answers has to do. GitHub Enterprise Server wants to know who asks. */
async function askGitHub(url: string, signal: AbortSignal): Promise<readonly Remark[]> {
  const { origin, hostname } = new URL(url);
  const api = hostname === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`;
  for (const address of [`${origin}/login`, api]) {
    const answer = await fetch(address, {
      signal,
      redirect: 'manual',
      headers: { 'user-agent': 'wavefleet' },
    });
    await answer.body?.cancel();
    if (answer.status >= 500 || answer.status === 404)
      return [
        failed(`${address} answers ${answer.status}`, 'Correct GITHUB_URL, or wait until GitHub is well.'),
      ];
  }
  return [];
}

const failed = (problem: string, fix: string): Remark => ({ status: 'FAIL', problem, fix });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
