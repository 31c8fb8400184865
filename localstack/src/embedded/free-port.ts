/** Ports of this machine that nobody listens on. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * One for a program that cannot choose for itself. Somebody else may take it before that program does.
 * @param host default this machine alone.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No free port found');
  return address.port;
}

/** Whether nobody listens on this port of this machine. */
export async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return await new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
