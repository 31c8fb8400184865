/** The server around the app: what refused requests leave on their connection. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { router } from './context.ts';
import { startServer } from './server.ts';

test('requests that are answered before their bodies have come leave nothing on the connection', async () => {
  const sockets = new Set<Socket>();
  const app = router();
  // Nobody reads the body.
  app.post('/', (c) => {
    sockets.add(c.env.incoming.socket);
    return c.text('too large', 413);
  });
  const limits = { maxConnections: 10, headersMs: 5_000, requestMs: 5_000 };
  const server = await startServer(app, { host: '127.0.0.1', port: 0 }, limits);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(async () => {
    agent.destroy();
    await server.close(1_000);
  });
  const listeners: number[] = [];
  for (let sent = 0; sent < 12; sent += 1) {
    const asked = request({ port: server.port, method: 'POST', agent });
    const closed = once(asked, 'close');
    const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
    asked.write(Buffer.alloc(100_000));
    const [answer] = await answered;
    expect(answer.statusCode).toBe(413);
    // The rest comes after the answer.
    asked.end(Buffer.alloc(100_000));
    answer.resume();
    await closed;
    listeners.push([...sockets].reduce((sum, socket) => sum + socket.listenerCount('close'), 0));
  }
  expect(sockets.size).toBe(1);
  expect(Math.max(...listeners.slice(2))).toBe(listeners[1]);
});
