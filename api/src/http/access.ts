/**
 * Who may call what: one row a route, one check for all. A route that has no row is there for browsers alone, so
 * that a new one is closed to keys until somebody has thought of it; `tests/e2e/api-access.test.ts` finds it.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Scope } from '@wavefleet/contracts/people.ts';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv, Owner } from './context.ts';

/**
 * A scope, or: `open` to everybody who does not send a key that is none; `unjudged`, for routes that look at the request
 * themselves and on which a token is no key.
 */
export type Access = Scope | 'open' | 'unjudged';

/** By method and path, as the OpenAPI document has them. */
export const accessTable: Readonly<Record<string, Access>> = {
  'post /api/upload-audio': 'uploads:write',
  'post /api/upload-cover': 'uploads:write',
  'post /api/uploads': 'uploads:write',
  'get /api/uploads/{fileId}': 'uploads:write',
  'delete /api/uploads/{fileId}': 'uploads:write',
  'post /api/uploads/{fileId}/parts': 'uploads:write',
  'put /api/uploads/{fileId}/parts/{partNumber}': 'uploads:write',
  'post /api/uploads/{fileId}/complete': 'uploads:write',
  'post /api/jobs': 'jobs:write',
  'post /api/convert-audio': 'jobs:write',
  'get /api/jobs': 'jobs:read',
  'get /api/jobs/totals': 'jobs:read',
  'get /api/jobs/export': 'jobs:read',
  'get /api/jobs/{jobId}': 'jobs:read',
  'delete /api/jobs/{jobId}': 'jobs:write',
  'post /api/jobs/{jobId}/retry': 'jobs:write',
  'post /api/jobs/{jobId}/share': 'jobs:write',
  'get /api/jobs/{jobId}/share': 'jobs:read',
  'delete /api/jobs/{jobId}/share/{shareId}': 'jobs:write',
  'get /api/jobs/{jobId}/audio': 'jobs:read',
  'get /api/jobs/{jobId}/events': 'jobs:read',
  'get /api/progress': 'jobs:read',
  'get /api/download': 'jobs:read',
  'post /api/cleanup': 'jobs:write',
  'post /api/webhooks': 'jobs:write',
  'get /api/webhooks': 'jobs:read',
  'get /api/webhooks/{webhookId}': 'jobs:read',
  'put /api/webhooks/{webhookId}': 'jobs:write',
  'delete /api/webhooks/{webhookId}': 'jobs:write',
  'post /api/webhooks/{webhookId}/secret': 'jobs:write',
  'post /api/webhooks/{webhookId}/test': 'jobs:write',
  'get /api/webhooks/{webhookId}/deliveries': 'jobs:read',
  'post /api/webhooks/{webhookId}/deliveries/{deliveryId}/replay': 'jobs:write',
  // Writing, since it tells a secret: whoever has it can make messages up.
  'get /api/job-webhooks': 'jobs:write',
  'post /api/job-webhooks': 'jobs:write',
  'post /api/presets': 'jobs:write',
  'get /api/presets': 'jobs:read',
  'get /api/presets/{presetName}': 'jobs:read',
  'put /api/presets/{presetName}': 'jobs:write',
  'delete /api/presets/{presetName}': 'jobs:write',
  'post /api/presets/import': 'jobs:write',
  'get /api/me': 'open',
  'delete /api/me': 'admin',
  'patch /api/me': 'admin',
  'get /api/keys': 'admin',
  'post /api/keys': 'admin',
  'delete /api/keys/{keyId}': 'admin',
  // They look at cookies of their own.
  'get /api/auth/sign-in/{provider}': 'unjudged',
  'get /api/auth/callback/{provider}': 'unjudged',
  'post /api/auth/refresh': 'unjudged',
  'post /api/auth/sign-out': 'unjudged',
  'get /api/formats': 'open',
  'get /api/openapi.json': 'open',
  // For operators and load balancers; a token there is the DEBUG_TOKEN.
  'get /api/health': 'unjudged',
  'get /api/health/live': 'unjudged',
  'get /api/debug/jobs/{jobId}': 'unjudged',
  'get /api/debug/system': 'unjudged',
};

const rows = Object.entries(accessTable).map(([row, access]) => {
  const [method = '', path = ''] = row.split(' ');
  return {
    method,
    path: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
    access,
  };
});

/** Undefined for what has no row. */
export function accessOf(method: string, path: string): Access | undefined {
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  return rows.find((row) => row.method === asked && row.path.test(path))?.access;
}

/** Whether somebody with these scopes may do what needs that one. */
function allows({ scopes }: Pick<Owner, 'scopes'>, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes('admin');
}

/**
 * For everything below `/api/`, after the caller is known and counted.
 * @throws Failure of the token that was sent, if it is none; UNAUTHENTICATED for whom nobody knows, INSUFFICIENT_SCOPE
 *   with what is missing for others.
 */
export const requireAccess: MiddlewareHandler<AppEnv> = async (c, next) => {
  const access = accessOf(c.req.method, c.req.path);
  if (access === 'unjudged') return await next();
  const { owner, refusal } = c.var;
  if (refusal !== undefined) throw refusal;
  if (access === 'open') return await next();
  if (access === undefined) return allows(owner, 'admin') ? await next() : await c.notFound();
  if (allows(owner, access)) return await next();
  if (owner.kind === 'anonymous' || owner.kind === 'browser') throw new Failure('UNAUTHENTICATED');
  throw new Failure('INSUFFICIENT_SCOPE', { detail: { scope: access } });
};
