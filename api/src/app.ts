/** The whole HTTP interface as one value, without side effects: nothing listens, nothing is asked. */

import { Failure } from '@wavefleet/contracts/failure.ts';
import { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { ResourceMonitor } from '@wavefleet/platform/resources/monitor.ts';
import { debugRoutes } from './debug/routes.ts';
import { eraseMe } from './erasure/erase-me.ts';
import { historyRoutes } from './history/routes.ts';
import { requireAccess } from './http/access.ts';
import { browserOwner } from './http/browser-cookie.ts';
import { type Router, router } from './http/context.ts';
import { answerFailure, makeErrorHandler } from './http/errors.ts';
import { useMiddleware } from './http/middleware.ts';
import { identify } from './http/owner.ts';
import { QueueForecast } from './jobs/queue-forecast.ts';
import { RecentRecords } from './jobs/recent-records.ts';
import { jobRoutes } from './jobs/routes.ts';
import { FairTurns } from './limits/fair-turns.ts';
import { Places } from './limits/places.ts';
import { limitRates } from './limits/rate-limit.ts';
import { Admission } from './load/admission.ts';
import { QueueLook } from './load/queue-look.ts';
import { pageRoutes } from './page/routes.ts';
import type { WebPage } from './page/web-page.ts';
import { AccessTokens } from './people/access-tokens.ts';
import { breakOffWithCaller } from './people/break-off.ts';
import { KnownKeys } from './people/key-owner.ts';
import { providersOf } from './people/providers.ts';
import { peopleRoutes } from './people/routes.ts';
import { SessionCookies } from './people/session-cookies.ts';
import { KnownSessions } from './people/session-owner.ts';
import { UNSUBSCRIBE_PATHS } from './people/unsubscribe.ts';
import { presetRoutes } from './presets/routes.ts';
import { progressRoutes } from './progress/routes.ts';
import { describeApi } from './service/openapi.ts';
import { serviceRoutes } from './service/routes.ts';
import { shareRoutes } from './shares/routes.ts';
import { countByLink, SHARED_PATHS } from './shares/shared.ts';
import { uploadRoutes } from './uploads/routes.ts';
import { webhookRoutes } from './webhooks/routes.ts';

/** As many as keep DynamoDB busy; more would only keep this process from everything else. */
const SUBMISSIONS_AT_ONCE = 8;

/** What the process hands in. */
export interface AppDeps {
  readonly platform: Platform;
  /** Started: it knows how this process and its machine are doing. */
  readonly resources: ResourceMonitor;
  /** Shown by `/api/health` and in the OpenAPI document. */
  readonly version: string;
  /** Abort it when the process was told to stop: readiness ends then, nothing else. Default: never. */
  readonly leaving?: AbortSignal;
  /** Abort it when the server closes, so that event streams end. Default: they end with their jobs only. */
  readonly closing?: AbortSignal;
  /** See `loadWebPage`. Default: a placeholder. */
  readonly webPage?: WebPage | undefined;
}

/** Middleware first, then each topic with what it needs. A new route goes into its topic's `routes.ts`. */
export function makeApp({ platform, resources, version, leaving, closing, webPage }: AppDeps): Router {
  const app = router();
  useMiddleware(app, platform);
  const knownKeys = new KnownKeys(platform);
  const tokens = new AccessTokens(platform.config);
  const cookies = new SessionCookies(platform.config);
  const knownSessions = new KnownSessions(platform, { tokens, cookies });
  app.use(
    identify([knownKeys.owner, knownSessions.owner, browserOwner(platform.config)], platform.config.AUTH),
  );
  for (const paths of [SHARED_PATHS, UNSUBSCRIBE_PATHS]) app.use(paths, countByLink);
  // One for all: an address has so much, whichever it asks for.
  const limits = limitRates(platform);
  for (const paths of ['/api/*', SHARED_PATHS, UNSUBSCRIBE_PATHS]) app.use(paths, limits);
  app.use('/api/*', requireAccess);
  app.use('/api/*', breakOffWithCaller());
  app.onError(makeErrorHandler(platform.log));
  app.notFound((c) => answerFailure(c, new Failure('NOT_FOUND')));

  const queueLook = new QueueLook(platform.queue, platform.pace);
  const queueForecast = new QueueForecast(queueLook);
  const admission = new Admission(platform, queueLook, resources);
  const quotas = new Quotas(platform);
  const submissions = new FairTurns(SUBMISSIONS_AT_ONCE);
  const records = new RecentRecords(platform);
  const { MAX_STREAMS_PER_OWNER, MAX_STREAMS } = platform.config;
  const streams = new Places(MAX_STREAMS_PER_OWNER, MAX_STREAMS);
  app.route('/', uploadRoutes({ ...platform, admission, quotas, submissions }));
  const jobDeps = { ...platform, admission, quotas, submissions, records, queueForecast };
  // Before the jobs, as whose ids its words would be taken.
  app.route('/', historyRoutes({ ...platform, queueForecast }));
  app.route('/', jobRoutes(jobDeps));
  app.route('/', shareRoutes(jobDeps));
  app.route('/', webhookRoutes(platform));
  app.route('/', presetRoutes(platform));
  app.route(
    '/',
    progressRoutes({
      ...platform,
      records,
      queueForecast,
      streams,
      closing: closing ?? new AbortController().signal,
    }),
  );
  app.route(
    '/',
    peopleRoutes({
      ...platform,
      knownKeys,
      knownSessions,
      tokens,
      cookies,
      quotas,
      providers: providersOf(platform.config),
      forgetJob: (jobId) => records.forget(jobId),
    }),
  );
  app.route('/', eraseMe({ ...platform, quotas, records, cookies }));
  app.route('/', serviceRoutes({ ...platform, admission, resources, version, leaving }));
  app.route('/', debugRoutes({ ...platform, admission, resources, version }));
  app.route('/', pageRoutes(platform.config, webPage));
  describeApi(app, version);
  return app;
}
