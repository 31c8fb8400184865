/** The server around the app: what refused requests leave on their connection. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { type Router, router } from '../http/context.ts';
import { LIVENESS_PATH } from '../http/route-parts.ts';
import { startServer } from './server.ts';

/** @returns its port. It ends with the test. */
async function serve(app: Router): Promise<number> {
  const limits = { maxConnections: 1_000, headersMs: 5_000, requestMs: 5_000, trustedProxies: 0 };
  const server = await startServer(app, { host: '127.0.0.1', port: 0 }, limits);
  onTestFinished(() => server.close(0));
  return server.port;
}

test('requests that are answered before their bodies have come leave nothing on the connection', async () => {
  const sockets = new Set<Socket>();
  const app = router();
  // Nobody reads the body.
  app.post('/', (c) => {
    sockets.add(c.env.incoming.socket);
    return c.text('too large', 413);
  });
  const port = await serve(app);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const listeners: number[] = [];
  for (let sent = 0; sent < 12; sent += 1) {
    const asked = request({ port, method: 'POST', agent });
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

/** Requests in one write, so that the server reads them in one turn. */
const requests = (count: number, path: string, cookie: string) =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\ncookie: ${cookie}\r\n\r\n`.repeat(count);

test('another caller is heard before the rest of one; liveness is answered before all, without the app', async () => {
  const app = router();
  const begun: string[] = [];
  app.get('*', (c) => {
    begun.push(c.req.path);
    return c.text('');
  });
  const port = await serve(app);
  const socket = connect(port, '127.0.0.1');
  const answered = text(socket);
  const last = requests(1, '/ben', 'ben').replace('cookie', 'connection: close\r\ncookie');
  socket.write(requests(20, '/ann', 'ann') + requests(1, LIVENESS_PATH, 'ann') + last);
  const answers = await answered;
  expect(answers.match(/200 OK/g)).toHaveLength(22);
  expect(answers).toContain('{"status":"ok"}');
  expect(begun.indexOf('/ben')).toBeLessThan(3);
  expect(begun).toHaveLength(21);
});

test('liveness that a page asks for goes through the app, which knows what other sites may not', async () => {
  const app = router();
  app.get(LIVENESS_PATH, (c) => c.text('refused', 403));
  const url = `http://127.0.0.1:${await serve(app)}${LIVENESS_PATH}`;
  const alone = await fetch(url, { method: 'GET' });
  expect([alone.status, await alone.json()]).toEqual([200, { status: 'ok' }]);
  expect(alone.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await fetch(url, { headers: { origin: 'https://a.example' } })).status).toBe(403);
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(403);
});

test('a connection that sends a thousand requests ahead of the answers is closed, and few of them were begun', async () => {
  const app = router();
  let begun = 0;
  app.get('/', async () => {
    begun += 1;
    return await new Promise<never>(() => undefined);
  });
  const socket = connect(await serve(app), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(requests(1_000, '/', 'ann'));
  await once(socket, 'close');
  expect(begun).toBeLessThanOrEqual(32);
});

test('a connection that takes none of its answers is closed before they fill the memory, and no other one is', async () => {
  const app = router();
  const large = 'x'.repeat(4 * 1024 * 1024);
  const cut = Promise.withResolvers<void>();
  app.get('/large', (c) => c.text(large));
  app.get('/greedy', (c) => {
    // Who reads nothing does not hear of it.
    c.env.incoming.socket.once('close', () => cut.resolve());
    return c.text(large);
  });
  const port = await serve(app);
  const [patient, greedy] = [connect(port, '127.0.0.1').pause(), connect(port, '127.0.0.1').pause()];
  onTestFinished(() => void greedy.destroy());
  patient.write(requests(1, '/large', 'ben').replace('cookie', 'connection: close\r\ncookie'));
  greedy.write(requests(32, '/greedy', 'ann'));
  await cut.promise;
  expect((await text(patient)).endsWith(large)).toBe(true);
});

test('what has not begun when its connection is gone is not begun', async () => {
  const app = router();
  let begun = 0;
  app.get('/', (c) => {
    begun += 1;
    c.env.incoming.socket.destroy();
    return c.text('');
  });
  app.get('/after', (c) => c.text('after'));
  const port = await serve(app);
  const socket = connect(port, '127.0.0.1');
  socket.write(requests(30, '/', 'ann'));
  await once(socket, 'close');
  expect(await (await fetch(`http://127.0.0.1:${port}/after`)).text()).toBe('after');
  expect(begun).toBe(1);
});

test('told to close, it lets what is under way go on until the deadline, and then cuts it off', async () => {
  const app = router();
  const asked = Promise.withResolvers<void>();
  app.get('/', async () => {
    asked.resolve();
    return await new Promise<never>(() => undefined);
  });
  const limits = { maxConnections: 1_000, headersMs: 5_000, requestMs: 60_000, trustedProxies: 0 };
  const server = await startServer(app, { host: '127.0.0.1', port: 0 }, limits);
  const broken = fetch(`http://127.0.0.1:${server.port}`).then(
    () => 'answered',
    () => 'cut off',
  );
  await asked.promise;
  const startedAtMs = performance.now();
  await server.close(500);
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(490);
  expect(await broken).toBe('cut off');
});
