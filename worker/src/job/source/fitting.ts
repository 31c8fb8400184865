/** Whether a source may be fetched at all, by what its upload has said. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import type { WorkContext } from '../context.ts';

/** What decides. */
export interface FittingContext {
  readonly job: Pick<WorkContext['job'], 'inputS3Location'>;
  readonly platform: { readonly config: Pick<Config, 'MAX_RESUMABLE_UPLOAD_BYTES'> };
}

/** @throws Failure EMPTY_FILE, UPLOAD_TOO_LARGE. */
export function requireFitting({ job, platform }: FittingContext): void {
  const { sizeBytes } = job.inputS3Location;
  if (sizeBytes === 0) throw new Failure('EMPTY_FILE');
  const limitBytes = platform.config.MAX_RESUMABLE_UPLOAD_BYTES;
  if (sizeBytes > limitBytes) throw new Failure('UPLOAD_TOO_LARGE', { detail: { limitBytes, sizeBytes } });
}
