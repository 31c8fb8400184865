/** The whole HTTP interface as one value, without side effects: nothing listens, nothing is asked. */

import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { type Deps, type Router, router } from './http/context.ts';
import { answerFailure, makeErrorHandler } from './http/errors.ts';
import { useMiddleware } from './http/middleware.ts';
import { cleanup } from './jobs/cleanup.ts';
import { deleteJob } from './jobs/delete-job.ts';
import { download } from './jobs/download.ts';
import { audio } from './jobs/get-audio.ts';
import { getJob } from './jobs/get-job.ts';
import { listJobs } from './jobs/list-jobs.ts';
import { submitJob } from './jobs/post-job.ts';
import { QueueForecast } from './jobs/queue-forecast.ts';
import { retryJob } from './jobs/retry-job.ts';
import { page } from './page/routes.ts';
import type { WebPage } from './page/web-page.ts';
import { jobEvents } from './progress/job-events.ts';
import { progress } from './progress/poll-progress.ts';
import { ProgressViews } from './progress/progress-view.ts';
import { formats } from './service/formats.ts';
import { health } from './service/health.ts';
import { healthLive } from './service/health-live.ts';
import { openapi } from './service/openapi.ts';
import { completeUpload } from './uploads/complete-upload.ts';
import { createUpload } from './uploads/create-upload.ts';
import { deleteUpload } from './uploads/delete-upload.ts';
import { getUpload } from './uploads/get-upload.ts';
import { partAddresses } from './uploads/part-addresses.ts';
import { putPart } from './uploads/put-part.ts';
import { uploadAudio } from './uploads/upload-audio.ts';

export interface AppDeps {
  readonly platform: Platform;
  readonly version: string;
  /** Abort it when the server closes, so that event streams end. Default: they end with their jobs only. */
  readonly closing?: AbortSignal;
  /** See `loadWebPage`. Default: a placeholder. */
  readonly webPage?: WebPage | undefined;
}

const routes: readonly ((deps: Deps) => Router)[] = [
  uploadAudio,
  createUpload,
  partAddresses,
  putPart,
  getUpload,
  completeUpload,
  deleteUpload,
  submitJob,
  listJobs,
  getJob,
  deleteJob,
  retryJob,
  jobEvents,
  progress,
  download,
  audio,
  cleanup,
  formats,
  health,
  healthLive,
  page,
];

export function makeApp({ platform, version, closing, webPage }: AppDeps): Router {
  const deps: Deps = {
    platform,
    version,
    webPage,
    closing: closing ?? new AbortController().signal,
    progressViews: new ProgressViews(),
    queueForecast: new QueueForecast(platform.queue, platform.pace),
  };
  const app = router();
  useMiddleware(app, platform.log);
  app.onError(makeErrorHandler(platform.log));
  app.notFound((c) => answerFailure(c, new Failure('NOT_FOUND')));
  for (const route of routes) app.route('/', route(deps));
  openapi(app, version);
  return app;
}
