/**
 * Who calls, and the one door to what is the caller's. A new way to be known (a sign-in, an API key) is one more
 * `Recognise`; a new way to see a record (a share link) belongs into the functions below, and for what a new job reads into
 * `UploadTies.linkOwned`, which ties it in the same step. What is somebody else's looks, to the byte, as if it were not there.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { ANONYMOUS_OWNER, type Job } from '@wavefleet/contracts/job.ts';
import type { AuthMode } from '@wavefleet/contracts/people.ts';
import type { StoredUpload, Upload } from '@wavefleet/contracts/uploads.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv, Owner } from './context.ts';
import { note } from './request-facts.ts';

/** One way to know a caller. Undefined when the request says nothing in this way. */
export type Recognise = (c: Context<AppEnv>) => Owner | undefined | Promise<Owner | undefined>;

/** Who says nothing may do what needs no owner of its own: keys would be everybody's. */
const nobody: Owner = {
  kind: 'anonymous',
  id: ANONYMOUS_OWNER,
  scopes: ['jobs:read', 'jobs:write', 'uploads:write'],
};
/** Counted with those who say nothing, and may do nothing. */
const refused: Owner = { ...nobody, scopes: [] };

/**
 * Sets `c.var.owner` for every request. Who sends what should make it known and does not is noted as refused, so that it
 * is counted before it is told.
 * @param mode the setting AUTH: where sign-in is required, nothing is allowed to browsers and those who say nothing.
 * @param ways asked in this order; the first that knows the caller decides. Whom none knows is anonymous, and shares
 *   jobs and uploads with everybody else who is.
 */
export function identify(ways: readonly Recognise[], mode: AuthMode = 'off'): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    try {
      const owner = await firstKnown(ways, c);
      const isStranger = owner.kind === 'anonymous' || owner.kind === 'browser';
      c.set('owner', mode === 'required' && isStranger ? { ...owner, scopes: [] } : owner);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      c.set('owner', refused);
      c.set('refusal', error);
    }
    await next();
  };
}

async function firstKnown(ways: readonly Recognise[], c: Context<AppEnv>): Promise<Owner> {
  for (const recognise of ways) {
    const owner = await recognise(c);
    if (owner !== undefined) return owner;
  }
  return nobody;
}

/** The caller's job. @throws Failure JOB_NOT_FOUND. */
export async function ownedJob(
  c: Context<AppEnv>,
  { jobs }: { readonly jobs: Pick<Platform['jobs'], 'getOwned'> },
  jobId: string,
): Promise<Job> {
  note(c, { jobId });
  return await jobs.getOwned(jobId, c.var.owner.id);
}

/**
 * The caller's upload, whether or not all its bytes are there.
 * @param options as for `UploadStore.getAnyOwned`.
 * @throws Failure UPLOAD_NOT_FOUND.
 */
export async function ownedUpload(
  c: Context<AppEnv>,
  { uploads }: Pick<Platform, 'uploads'>,
  fileId: string,
  options: { readonly removed?: boolean } = {},
): Promise<StoredUpload> {
  note(c, { fileId });
  return await uploads.getAnyOwned(fileId, c.var.owner.id, options);
}

/** The caller's upload with all its bytes. @throws Failure UPLOAD_NOT_FOUND, UPLOAD_INCOMPLETE. */
export async function ownedFile(
  c: Context<AppEnv>,
  { uploads }: Pick<Platform, 'uploads'>,
  fileId: string,
): Promise<Upload> {
  note(c, { fileId });
  return await uploads.getOwned(fileId, c.var.owner.id);
}
