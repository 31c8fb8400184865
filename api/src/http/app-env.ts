import type { HttpBindings } from '@hono/node-server';

/**
 * What a request carries besides itself. `incoming` and `outgoing` are Node's own: uploads are read from them,
 * past the web streams.
 */
export interface AppEnv {
  Bindings: HttpBindings;
  Variables: { requestId: string; traceparent: string };
}
