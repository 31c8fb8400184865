/** The picture that a job's options name. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Cover } from '@wavefleet/contracts/job.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import type { Context } from 'hono';
import type { AppEnv } from '../http/context.ts';
import { ownedFile } from '../http/owner.ts';
import type { JobDeps } from './deps.ts';

/**
 * Undefined when they name none.
 * @throws Failure UPLOAD_NOT_FOUND, or INVALID_OPTION for an upload that is no cover.
 */
export async function coverOf(
  c: Context<AppEnv>,
  deps: JobDeps,
  { setCover }: ConversionOptions,
): Promise<Cover | undefined> {
  if (setCover === undefined) return undefined;
  const { fileId, location, kind } = await ownedFile(c, deps, setCover);
  if (kind === 'cover') return { fileId, location };
  const message = 'expected the fileId of a picture uploaded with POST /api/upload-cover';
  const problem = { field: 'options.setCover', message };
  throw new Failure('INVALID_OPTION', { detail: { fields: [problem] } });
}
