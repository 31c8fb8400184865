/** Every route about the service itself: what it can do, and whether it is well. */
import type { Platform } from '@wavefleet/platform/platform.ts';
import { join, type Router } from '../http/context.ts';
import { formats } from './formats.ts';
import { type HealthDeps, health } from './health.ts';
import { healthLive } from './health-live.ts';

/** `/api/formats` and `/api/health`. */
export function serviceRoutes(deps: HealthDeps & Pick<Platform, 'config'>): Router {
  return join([formats(deps), health(deps), healthLive()]);
}
