import { ANONYMOUS_OWNER } from '@wavefleet/contracts/job.ts';
import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';

/** Whose jobs and uploads a request may see. The only place that decides it; accounts are off for now. */
export function ownerOf(_c: Context<AppEnv>): string {
  return ANONYMOUS_OWNER;
}
