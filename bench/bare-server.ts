/** The bench's yardstick: a Hono route on the same HTTP server that parses the body and does nothing else. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono().post('/api/jobs', async (c) => {
  const body: unknown = await c.req.json();
  return c.json({ received: typeof body }, 202);
});
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  process.send?.({ listening: port });
});
// The parent's channel alone would keep it alive.
process.once('SIGTERM', () => process.disconnect());
process.once('disconnect', () => server.close());
