/** When it is known whether Redis is there: with its first word, and within half a second without one. And whom it leaves. */
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

/** A Redis behind a name: each connection leads to the machine that it means by then. Answers the connections made. */
async function behindName(means: () => 'primary' | 'replica') {
  const info = '$21\r\nredis_version:8.0.0\r\n\r\n';
  const refusal = "-READONLY You can't write against a read only replica.\r\n";
  const made: Socket[] = [];
  const url = await listen((socket) => {
    made.push(socket);
    const machine = means();
    socket.on('data', (commands: Buffer) => {
      for (const [, name] of commands.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g))
        socket.write(name !== 'set' ? info : machine === 'primary' ? '+OK\r\n' : refusal);
    });
  });
  pair = connectRedis(url, makeLog('test', 'silent'));
  await pair.known;
  const { cache } = pair;
  const write = async () =>
    await cache.set('key', 'value').catch(({ message }: Error) => message.split(' ')[0]);
  return { made, cache, write };
}

test('a primary that has become a replica is left for the machine that its name means now', async () => {
  let machine: 'primary' | 'replica' = 'replica';
  const { cache, write } = await behindName(() => machine);
  expect(await write()).toBe('READONLY');
  machine = 'primary';
  await once(cache, 'ready');
  expect(await write()).toBe('OK');
  expect(pair?.isUp()).toBe(true);
});

test('where the name means a replica for good, it is not left with every write', async () => {
  const { made, cache, write } = await behindName(() => 'replica');
  expect(await write()).toBe('READONLY');
  await once(cache, 'ready');
  const before = made.length;
  for (let count = 0; count < 20; count += 1) expect(await write()).toBe('READONLY');
  expect(cache.status).toBe('ready');
  expect(made).toHaveLength(before);
});
