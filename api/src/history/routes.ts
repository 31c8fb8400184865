/** Every route about all jobs of a caller: looking for them, adding them up, taking the list along. */
import { join, type Router } from '../http/context.ts';
import type { HistoryDeps } from './deps.ts';
import { exportJobs } from './export-jobs.ts';
import { jobTotals } from './job-totals.ts';
import { listJobs } from './list-jobs.ts';

/** `GET /api/jobs`, `/api/jobs/totals` and `/api/jobs/export`. */
export function historyRoutes(deps: HistoryDeps): Router {
  return join([listJobs(deps), jobTotals(deps), exportJobs(deps)]);
}
