/** When it is known whether Redis is there: with its first word, and within half a second without one. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { makeLog } from '../log/log.ts';
import { connectRedis, type RedisPair } from './redis.ts';

let server: Server | undefined;
let pair: RedisPair | undefined;
const sockets = new Set<Socket>();
afterEach(() => {
  pair?.close();
  for (const socket of sockets) socket.destroy();
  server?.close();
});

/** Somebody who talks to who connects. */
async function listen(talk: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket);
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `redis://127.0.0.1:${address.port}`;
}

test('it is known once Redis is ready, however long that takes within reason', async () => {
  // Whatever is asked, the answer is what the client wants to know first.
  const info = 'redis_version:8.0.0\r\nloading:0\r\n';
  const answer = `$${info.length}\r\n${info}\r\n`;
  const url = await listen((socket) =>
    socket.on('data', (commands: Buffer) => {
      const asked = commands.toString().match(/^\*\d+\r$/gm) ?? [];
      setTimeout(() => socket.write(answer.repeat(asked.length)), 100);
    }),
  );
  pair = connectRedis(url, makeLog('test', 'silent'));
  expect(pair.isUp()).toBe(false);
  await pair.known;
  expect(pair.isUp()).toBe(true);
});

test('it is known at once when nobody is there', async () => {
  const url = await listen(() => {});
  server?.close();
  pair = connectRedis(url, makeLog('test', 'silent'));
  const sinceMs = performance.now();
  await pair.known;
  expect(pair.isUp()).toBe(false);
  expect(performance.now() - sinceMs).toBeLessThan(400);
});

test('who hangs is not waited for', async () => {
  pair = connectRedis(await listen(() => {}), makeLog('test', 'silent'));
  await pair.known;
  expect(pair.isUp()).toBe(false);
});
