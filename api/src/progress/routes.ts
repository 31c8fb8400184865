/** Every route that tells how far a job is. */
import { join, type Router } from '../http/context.ts';
import type { ProgressDeps } from './deps.ts';
import { jobEvents } from './job-events.ts';
import { JobLook } from './job-look.ts';
import { pollProgress } from './poll-progress.ts';
import { ProgressViews } from './progress-view.ts';

/** `/api/jobs/{jobId}/events` and `/api/progress`: both show the same, so that neither falls behind the other. */
export function progressRoutes(deps: ProgressDeps): Router {
  const look = new JobLook(deps);
  const views = new ProgressViews();
  return join([jobEvents(deps, look, views), pollProgress(deps, look, views)]);
}
