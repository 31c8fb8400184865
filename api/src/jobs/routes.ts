/** Every route about jobs but their progress: submit, look, cancel, run again, listen, download, free. */
import { join, type Router } from '../http/context.ts';
import { cleanup } from './cleanup.ts';
import { deleteJob } from './delete-job.ts';
import type { JobDeps } from './deps.ts';
import { download } from './download.ts';
import { getAudio } from './get-audio.ts';
import { getJob } from './get-job.ts';
import { postJob } from './post-job.ts';
import { retryJob } from './retry-job.ts';

/** `/api/jobs` and what is below it, `/api/convert-audio`, `/api/download` and `/api/cleanup`. */
export function jobRoutes(deps: JobDeps): Router {
  return join([
    postJob(deps),
    getJob(deps),
    deleteJob(deps),
    retryJob(deps),
    download(deps),
    getAudio(deps),
    cleanup(deps),
  ]);
}
