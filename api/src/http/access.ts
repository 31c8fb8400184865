/**
 * Who may call what: one row a route, one check for all. A route that has no row is there for nobody, so that a
 * new one is closed until somebody has thought of it; `tests/e2e/api-access.test.ts` finds it.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Scope } from '@wavefleet/contracts/people.ts';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv, Owner } from './context.ts';

/**
 * Scopes, of which all are needed, or: `open` to everybody who does not send a key that is none; `unjudged`, for routes that
 * look at the request themselves and on which a token is no key.
 */
export type Access = readonly [Scope, ...Scope[]] | 'open' | 'unjudged';

const READ = ['jobs:read'] as const;
const WRITE = ['jobs:write'] as const;
/** For what makes another way to results or to what becomes of all jobs: who may not look could look by it. */
const WAY_TO_READ = ['jobs:read', 'jobs:write'] as const;
const UPLOAD = ['uploads:write'] as const;
const ADMIN = ['admin'] as const;

/** By method and path, as the OpenAPI document has them. */
export const accessTable: Readonly<Record<string, Access>> = {
  'post /api/upload-audio': UPLOAD,
  'post /api/upload-cover': UPLOAD,
  'post /api/uploads': UPLOAD,
  'get /api/uploads/{fileId}': UPLOAD,
  'delete /api/uploads/{fileId}': UPLOAD,
  'post /api/uploads/{fileId}/parts': UPLOAD,
  'put /api/uploads/{fileId}/parts/{partNumber}': UPLOAD,
  'post /api/uploads/{fileId}/complete': UPLOAD,
  'post /api/jobs': WRITE,
  'post /api/convert-audio': WRITE,
  'get /api/jobs': READ,
  'get /api/jobs/totals': READ,
  'get /api/jobs/export': READ,
  'get /api/jobs/{jobId}': READ,
  'delete /api/jobs/{jobId}': WRITE,
  'post /api/jobs/{jobId}/retry': WRITE,
  'post /api/jobs/{jobId}/share': WAY_TO_READ,
  'get /api/jobs/{jobId}/share': READ,
  'delete /api/jobs/{jobId}/share/{shareId}': WRITE,
  'get /api/jobs/{jobId}/audio': READ,
  'get /api/jobs/{jobId}/events': READ,
  'get /api/progress': READ,
  'get /api/download': READ,
  'post /api/cleanup': WRITE,
  'post /api/webhooks': WAY_TO_READ,
  'get /api/webhooks': READ,
  'get /api/webhooks/{webhookId}': READ,
  'put /api/webhooks/{webhookId}': WAY_TO_READ,
  'delete /api/webhooks/{webhookId}': WRITE,
  'post /api/webhooks/{webhookId}/secret': WRITE,
  'post /api/webhooks/{webhookId}/test': WRITE,
  'get /api/webhooks/{webhookId}/deliveries': READ,
  'post /api/webhooks/{webhookId}/deliveries/{deliveryId}/replay': WRITE,
  // Writing, since it tells a secret: whoever has it can make messages up.
  'get /api/job-webhooks': WRITE,
  'post /api/job-webhooks': WRITE,
  'post /api/presets': WRITE,
  'get /api/presets': READ,
  'get /api/presets/{presetName}': READ,
  'put /api/presets/{presetName}': WRITE,
  'delete /api/presets/{presetName}': WRITE,
  'post /api/presets/import': WRITE,
  'get /api/me': 'open',
  'delete /api/me': ADMIN,
  'patch /api/me': ADMIN,
  'get /api/keys': ADMIN,
  'post /api/keys': ADMIN,
  'delete /api/keys/{keyId}': ADMIN,
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

/** Whether somebody with these scopes may do what needs those. */
function allows({ scopes }: Pick<Owner, 'scopes'>, needed: readonly Scope[]): boolean {
  return scopes.includes('admin') || needed.every((scope) => scopes.includes(scope));
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
  if (access === undefined) return await c.notFound();
  if (allows(owner, access)) return await next();
  if (owner.kind === 'anonymous' || owner.kind === 'browser') throw new Failure('UNAUTHENTICATED');
  throw new Failure('INSUFFICIENT_SCOPE', { detail: { scope: access.join(' ') } });
};
