/** What is left, and what only pauses. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestFinished, test } from 'vitest';
import { freePort } from './embedded/free-port.ts';
import { untilNobodyListens } from './nobody-listens.ts';

test('a port counts as left when nobody has listened for several looks, and not before', async ({
  expect,
}) => {
  const port = await freePort();
  const listen = async () => {
    const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    return server;
  };
  const first = await listen();
  let isLeft = false;
  const left = untilNobodyListens(port, { everyMs: 20, looks: 10 }).then(() => {
    isLeft = true;
  });
  for (let each = 0; each < 3; each += 1) await once(first, 'connection');
  first.close();
  // Started anew within the patience.
  const second = await listen();
  for (let each = 0; each < 12; each += 1) await once(second, 'connection');
  expect(isLeft).toBe(false);
  second.close();
  await left;
});
