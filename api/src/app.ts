/** The whole HTTP interface as one value, without side effects: nothing listens, nothing is asked. */

import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { type Deps, type Router, router } from './context.ts';
import { answerFailure, makeErrorHandler } from './errors.ts';
import { useMiddleware } from './middleware.ts';
import { ProgressViews } from './progress-view.ts';
import { QueueForecast } from './queue-forecast.ts';
import { audio } from './routes/audio.ts';
import { cleanup } from './routes/cleanup.ts';
import { completeUpload } from './routes/complete-upload.ts';
import { createUpload } from './routes/create-upload.ts';
import { deleteJob } from './routes/delete-job.ts';
import { deleteUpload } from './routes/delete-upload.ts';
import { download } from './routes/download.ts';
import { formats } from './routes/formats.ts';
import { getJob } from './routes/get-job.ts';
import { getUpload } from './routes/get-upload.ts';
import { health } from './routes/health.ts';
import { healthLive } from './routes/health-live.ts';
import { jobEvents } from './routes/job-events.ts';
import { listJobs } from './routes/list-jobs.ts';
import { openapi } from './routes/openapi.ts';
import { page } from './routes/page.ts';
import { partAddresses } from './routes/part-addresses.ts';
import { progress } from './routes/progress.ts';
import { putPart } from './routes/put-part.ts';
import { retryJob } from './routes/retry-job.ts';
import { submitJob } from './routes/submit-job.ts';
import { uploadAudio } from './routes/upload-audio.ts';
import type { WebPage } from './web-page.ts';

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
