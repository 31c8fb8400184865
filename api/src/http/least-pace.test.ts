/** Who is too slow, and who only waits for us. By real sockets; only the half minute is made short. */
import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { leastDownloadPace, leastUploadPace } from './least-pace.ts';

const WINDOW_MS = 30_000;
let server: Server;
let port: number;
let arrived: Promise<[IncomingMessage, ServerResponse]>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  server = createServer();
  arrived = once(server, 'request') as typeof arrived;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

/** A POST that goes on as the test likes. */
function slowUpload() {
  const req = request({ port, method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
  req.on('error', () => undefined);
  return req;
}

test('a body that trickles is cut off, once; one that keeps its pace is not', async () => {
  const req = slowUpload();
  req.write('begin');
  const [incoming] = await arrived;
  const cutOff = vi.fn();
  incoming.resume();
  leastUploadPace(incoming, 100, cutOff);
  req.write(Buffer.alloc(5_000));
  await vi.waitUntil(() => incoming.socket.bytesRead > 5_000, 30_000);
  vi.advanceTimersByTime(WINDOW_MS);
  expect(cutOff).not.toHaveBeenCalled();
  const before = incoming.socket.bytesRead;
  req.write('x');
  await vi.waitUntil(() => incoming.socket.bytesRead > before, 30_000);
  vi.advanceTimersByTime(3 * WINDOW_MS);
  expect(cutOff).toHaveBeenCalledTimes(1);
});

test('while what came lies here unread the sender is not to blame', async () => {
  const req = slowUpload();
  req.write(Buffer.alloc(1_000));
  const [incoming] = await arrived;
  const cutOff = vi.fn();
  leastUploadPace(incoming, 100, cutOff);
  incoming.read(0);
  await vi.waitUntil(() => incoming.readableLength > 0, 30_000);
  vi.advanceTimersByTime(5 * WINDOW_MS);
  expect(cutOff).not.toHaveBeenCalled();
});

test('a reader that takes nothing is hung up on; while nothing is to be sent it is not', async () => {
  const req = request({ port });
  req.on('error', () => undefined);
  req.once('response', (answer) => answer.pause().on('error', () => undefined));
  req.end();
  const [, outgoing] = await arrived;
  leastDownloadPace(outgoing, 100);
  vi.advanceTimersByTime(3 * WINDOW_MS);
  expect(outgoing.destroyed).toBe(false);
  // More than the kernel takes.
  for (let megabytes = 0; megabytes < 32; megabytes += 1) outgoing.write(Buffer.alloc(1024 ** 2));
  // What the kernel still takes counts as taken.
  await new Promise((resolve) => setTimeout(resolve, 100));
  vi.advanceTimersByTime(3 * WINDOW_MS);
  expect(outgoing.destroyed).toBe(true);
});

test('once all has come, and all is answered, nothing is watched any more, also on a connection that stays', async () => {
  const agent = new Agent({ keepAlive: true });
  const req = request({ port, method: 'POST', agent });
  const answered = once(req, 'response') as Promise<[IncomingMessage]>;
  const cutOff = vi.fn();
  req.write('begin');
  const [incoming, outgoing] = await arrived;
  leastUploadPace(incoming, 100, cutOff);
  leastDownloadPace(outgoing, 100);
  expect(vi.getTimerCount()).toBe(2);
  incoming.resume();
  req.end();
  await once(incoming, 'close');
  expect(vi.getTimerCount()).toBe(1);
  outgoing.end('all');
  await once(outgoing, 'close');
  expect(vi.getTimerCount()).toBe(0);
  expect(incoming.socket.destroyed).toBe(false);
  leastUploadPace(incoming, 100, cutOff);
  leastDownloadPace(outgoing, 100);
  expect(vi.getTimerCount()).toBe(0);
  const [answer] = await answered;
  await once(answer.resume(), 'end');
  agent.destroy();
});
