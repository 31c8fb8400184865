/** One message to an address that a stranger has chosen, with receivers of every kind of malice. */
import { createSocket } from 'node:dgram';
import { lookup, Resolver } from 'node:dns/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { byNameServers, type PostRules, post, type Resolve } from './post.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A receiver on this machine: its port. */
async function receiver(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const here: PostRules = { allowPrivate: true };

/** A resolver that answers these addresses, one set after the other, and counts. */
function resolver(...answers: readonly string[][]) {
  const asked: string[] = [];
  const resolve: Resolve = async (name) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(name);
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { resolve, asked };
}

test('the body arrives to the byte, with its headers, and 2xx is enough', async () => {
  let seen: unknown;
  const port = await receiver((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen = [request.method, request.url, request.headers['webhook-id'], Buffer.concat(chunks).toString()];
      response.writeHead(204).end();
    });
  });
  const posted = await post(`http://127.0.0.1:${port}/in?a=1`, '{"ä":1}', { 'Webhook-Id': 'm' }, here);
  expect(posted).toEqual({ ms: expect.any(Number), status: 204 });
  expect(seen).toEqual(['POST', '/in?a=1', 'm', '{"ä":1}']);
});

describe('where it does not go', () => {
  test('a name that leads to an address that is not public, or to one such among others', async () => {
    for (const addresses of [
      ['127.0.0.1'],
      ['::ffff:169.254.169.254'],
      ['93.184.215.14', '10.0.0.1'],
      ['fd00::1'],
      [],
    ]) {
      const { resolve, asked } = resolver(addresses);
      expect(await post('https://hooks.example.com/', '{}', {}, { allowPrivate: false, resolve })).toEqual({
        ms: expect.any(Number),
        problem: 'its name leads to an address that is not public',
        isFinal: true,
      });
      expect(asked).toEqual(['hooks.example.com']);
    }
  });

  test('a name that leads elsewhere when it is asked again: what was looked at is connected to', async () => {
    let calls = 0;
    const port = await receiver((_request, response) => {
      calls += 1;
      response.end();
    });
    const { resolve, asked } = resolver(['127.0.0.1'], ['169.254.169.254']);
    const rules = { allowPrivate: true, resolve };
    expect(await post(`http://rebinding.example:${port}/`, '{}', {}, rules)).toMatchObject({ status: 200 });
    expect([calls, asked.length]).toEqual([1, 1]);
    expect(await post(`http://rebinding.example:${port}/`, '{}', {}, rules)).toMatchObject({ isFinal: true });
    expect([calls, asked.length]).toEqual([1, 2]);
  });

  test('where a redirect points, be it public or not', async () => {
    let followed = 0;
    const target = await receiver((_request, response) => {
      followed += 1;
      response.end();
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const port = await receiver((_request, response) => {
        response.writeHead(status, { Location: `http://127.0.0.1:${target}/` }).end();
      });
      expect(await post(`http://127.0.0.1:${port}/`, '{}', {}, here)).toMatchObject({
        status,
        problem: 'redirects are not followed',
      });
    }
    expect(followed).toBe(0);
  });

  test('an address that may not be called, without asking anybody', async () => {
    const { resolve, asked } = resolver(['93.184.215.14']);
    const posted = await post('https://169.254.169.254/', '{}', {}, { allowPrivate: false, resolve });
    expect(posted).toMatchObject({ problem: 'its address is not public', isFinal: true });
    expect(asked).toEqual([]);
  });
});

describe('receivers that misbehave', () => {
  test('no answer, half an answer, one that drips, or one in another protocol: it ends after five seconds', async () => {
    const timers: NodeJS.Timeout[] = [];
    onTestFinished(() => timers.forEach(clearInterval));
    const kinds: RequestListener[] = [
      () => undefined,
      (_request, response) => void response.writeHead(200).write('x'),
      (_request, response) => {
        response.writeHead(200);
        timers.push(setInterval(() => response.write('x'), 20));
      },
      ({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        timers.push(setInterval(() => socket.write('a: b\r\n'), 20));
      },
      ({ socket }) => {
        const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
        socket.write(answer);
      },
    ];
    for (const posted of await Promise.all(
      kinds.map(async (kind) => {
        const address = `http://127.0.0.1:${await receiver(kind)}/`;
        return await post(address, '{}', {}, here);
      }),
    )) {
      expect(posted.problem).toBe('no answer in time');
      expect(posted.ms).toBeGreaterThan(4_900);
      expect(posted.ms).toBeLessThan(8_000);
    }
  });

  test('of an answer no more than 64 KB is waited for', async () => {
    const [enough, less] = await Promise.all(
      [65_537, 65_536].map((bytes) =>
        receiver((_, response) => void response.writeHead(200).write(Buffer.alloc(bytes))),
      ),
    );
    const ask = (port = 0) => post(`http://127.0.0.1:${port}/`, '{}', {}, { ...here, timeoutMs: 1_000 });
    expect(await ask(enough)).toMatchObject({ status: 200 });
    expect((await ask(less)).problem).toBe('no answer in time');
  });

  test('one that hangs up, one that is not there, one that speaks no HTTP: a word each', async () => {
    const hangsUp = await receiver((request) => request.socket.destroy());
    expect(await post(`http://127.0.0.1:${hangsUp}/`, '{}', {}, here)).toMatchObject({
      problem: 'not reached: ECONNRESET',
    });
    expect(await post('http://127.0.0.1:1/', '{}', {}, here)).toMatchObject({
      problem: 'not reached: ECONNREFUSED',
    });
    const talksNonsense = await receiver((request) => request.socket.end('SSH-2.0-x\r\n'));
    expect((await post(`http://127.0.0.1:${talksNonsense}/`, '{}', {}, here)).problem).toMatch(
      /^not reached: HPE_/,
    );
  });

  test('a name server that never answers ends its question, and holds up no other name', async () => {
    const silent = createSocket('udp4');
    onTestFinished(() => void silent.close());
    await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
    const asking = new Resolver({ timeout: 300, tries: 1 });
    asking.setServers([`127.0.0.1:${silent.address().port}`]);
    const rules = { allowPrivate: false, resolve: byNameServers(asking) };
    const posts = Array.from({ length: 8 }, (_, index) =>
      post(`https://x${index}.example/`, '{}', {}, rules),
    );
    const first = await Promise.race([...posts, lookup('localhost')]);
    expect(first).toMatchObject({ address: expect.any(String) });
    for (const posted of await Promise.all(posts)) expect(posted.problem).toBe('not reached: ETIMEOUT');
  });

  test.each([
    [500, false],
    [404, false],
    [410, true],
  ])('%i is a failure, and whether for good: %s', async (status, isFinal) => {
    const port = await receiver((_request, response) => response.writeHead(status).end('secret words'));
    expect(await post(`http://127.0.0.1:${port}/`, '{}', {}, here)).toEqual({
      ms: expect.any(Number),
      status,
      problem: `answered ${status}`,
      isFinal,
    });
  });
});
