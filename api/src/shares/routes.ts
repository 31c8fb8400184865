/** Every route about links to results: for the owner below `/api`, for everybody below `/s`. */
import { join, type Router } from '../http/context.ts';
import type { ShareDeps } from './deps.ts';
import { listShares } from './list-shares.ts';
import { revokeShare } from './revoke-share.ts';
import { shareJob } from './share-job.ts';
import { shared } from './shared.ts';

/** `/api/jobs/{jobId}/share` and `/s/{token}`. */
export function shareRoutes(deps: ShareDeps): Router {
  return join([shareJob(deps), listShares(deps), revokeShare(deps), shared(deps)]);
}
