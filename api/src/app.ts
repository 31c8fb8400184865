/** The whole HTTP interface as one value, without side effects: nothing listens, nothing is asked. */

import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { type Deps, type Router, router } from './context.ts';
import { answerFailure, makeErrorHandler } from './errors.ts';
import { useMiddleware } from './middleware.ts';
import { ProgressViews } from './progress-view.ts';
import { cleanup } from './routes/cleanup.ts';
import { deleteJob } from './routes/delete-job.ts';
import { download } from './routes/download.ts';
import { formats } from './routes/formats.ts';
import { getJob } from './routes/get-job.ts';
import { health } from './routes/health.ts';
import { healthLive } from './routes/health-live.ts';
import { jobEvents } from './routes/job-events.ts';
import { listJobs } from './routes/list-jobs.ts';
import { openapi } from './routes/openapi.ts';
import { page } from './routes/page.ts';
import { progress } from './routes/progress.ts';
import { retryJob } from './routes/retry-job.ts';
import { submitJob } from './routes/submit-job.ts';
import { uploadAudio } from './routes/upload-audio.ts';

export interface AppDeps {
  readonly platform: Platform;
  readonly version: string;
  /** Abort it when the server closes, so that event streams end. Default: they end with their jobs only. */
  readonly closing?: AbortSignal;
}

const routes: readonly ((deps: Deps) => Router)[] = [
  uploadAudio,
  submitJob,
  listJobs,
  getJob,
  deleteJob,
  retryJob,
  jobEvents,
  progress,
  download,
  cleanup,
  formats,
  health,
  healthLive,
  page,
];

export function makeApp({ platform, version, closing = new AbortController().signal }: AppDeps): Router {
  const deps: Deps = { platform, version, closing, progressViews: new ProgressViews() };
  const app = router();
  useMiddleware(app, platform.log);
  app.onError(makeErrorHandler(platform.log));
  app.notFound((c) => answerFailure(c, new Failure('NOT_FOUND')));
  for (const route of routes) app.route('/', route(deps));
  openapi(app, version);
  return app;
}
