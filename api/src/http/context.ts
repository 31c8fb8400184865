/** What every route has at hand: the dependencies, the variables of a request, and a router with our validation. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { QueueForecast } from '../jobs/queue-forecast.ts';
import type { WebPage } from '../page/web-page.ts';
import type { ProgressViews } from '../progress/progress-view.ts';
import type { AppEnv } from './app-env.ts';
import { rejectInvalid } from './validation.ts';

export interface Deps {
  readonly platform: Platform;
  /** Shown by `/api/health` and in the OpenAPI document. */
  readonly version: string;
  readonly progressViews: ProgressViews;
  readonly queueForecast: QueueForecast;
  /** The built page; undefined where it is not built. */
  readonly webPage: WebPage | undefined;
  /** Aborted when the server closes: streams that would go on for long end themselves. */
  readonly closing: AbortSignal;
}

export type Router = OpenAPIHono<AppEnv>;

/** A router for one route. Many small ones joined by `.route()` type-check much faster than one long chain. */
export function router(): Router {
  return new OpenAPIHono<AppEnv>({ defaultHook: rejectInvalid });
}
