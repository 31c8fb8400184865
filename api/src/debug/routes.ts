/** Every route for operators, behind one door. */
import { join, type Router, router } from '../http/context.ts';
import { debugJob } from './debug-job.ts';
import { debugSystem } from './debug-system.ts';
import type { DebugDeps } from './deps.ts';
import { operatorsOnly } from './operators-only.ts';
import { DEBUG_SCHEME } from './security.ts';

/** Everything below `/api/debug`. */
export function debugRoutes(deps: DebugDeps): Router {
  const door = router();
  door.use('/api/debug/*', operatorsOnly(deps.config.DEBUG_TOKEN));
  door.openAPIRegistry.registerComponent('securitySchemes', DEBUG_SCHEME, { type: 'http', scheme: 'bearer' });
  return join([door, debugJob(deps), debugSystem(deps)]);
}
