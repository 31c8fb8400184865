/** Who signs in to Redis by IAM: with a new token at each connection, and again when there were no credentials. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAwsClients } from '../aws/clients.ts';
import { requiredSettings } from '../config.testing.ts';
import { loadConfig } from '../config.ts';
import { makeLog } from '../log/log.ts';
import { connectRedis, openRedis, type RedisPair } from './redis.ts';
import { signInByIam } from './redis-sign-in.ts';

const log = makeLog('test', 'silent');
const cache = 'wavefleet-prod';
const user = 'wavefleet-prod-tasks';

/** AWS's example keys. */
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

let server: Server;
let url: string;
let pair: RedisPair | undefined;
const sockets = new Set<Socket>();
/** User and password of each connection, in order. */
const signIns: string[][] = [];
/** What waits for the next one. */
let seen = Promise.withResolvers<void>();

/** Of a client's greeting: what stands behind AUTH. */
const authOf = (text: string) =>
  /\r\n(?:AUTH|auth)\r\n\$\d+\r\n(.*)\r\n\$\d+\r\n(.*)\r\n/.exec(text)?.slice(1);

beforeEach(async () => {
  signIns.length = 0;
  const info = 'redis_version:8.0.0\r\nloading:0\r\n';
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (bytes: Buffer) => {
      const text = bytes.toString();
      const auth = authOf(text);
      if (auth !== undefined) {
        signIns.push(auth);
        seen.resolve();
        seen = Promise.withResolvers();
      }
      const asked = text.match(/^\*\d+\r$/gm) ?? [];
      socket.write(`$${info.length}\r\n${info}\r\n`.repeat(asked.length));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  url = `redis://127.0.0.1:${address.port}`;
});
afterEach(() => {
  pair?.close();
  for (const socket of sockets) socket.destroy();
  server.close();
});

async function signedIn(count: number): Promise<void> {
  while (signIns.length < count) await seen.promise;
}

const signingWith = (credentials: () => Promise<typeof keys & { sessionToken?: string }>) => ({
  region: async () => 'eu-central-1',
  credentials,
  sha256: sha256Of,
});
/** As every SDK client brings one along. */
const sha256Of = makeAwsClients(loadConfig(requiredSettings), log).dynamo.config.sha256;

test('each connection has a token of its own, by the credentials of that moment', async () => {
  let count = 0;
  const signIn = signInByIam(
    { user, cache },
    signingWith(async () => {
      count += 1;
      return { ...keys, sessionToken: `session/${count}+=` };
    }),
  );
  pair = connectRedis(url, log, signIn);
  await signedIn(2);
  for (const socket of sockets) socket.destroy();
  await signedIn(4);
  const tokens = signIns.map(([name, token = '']) => {
    expect(name).toBe(user);
    return new URL(`http://${token}`);
  });
  const sessions = tokens.map(({ searchParams }) => searchParams.get('X-Amz-Security-Token'));
  expect(sessions.toSorted()).toEqual(['session/1+=', 'session/2+=', 'session/3+=', 'session/4+=']);
  for (const { hostname, pathname, searchParams } of tokens) {
    expect({ hostname, pathname }).toEqual({ hostname: cache, pathname: '/' });
    expect(Object.fromEntries(searchParams)).toMatchObject({
      ...{ Action: 'connect', User: user, 'X-Amz-Expires': '900', 'X-Amz-SignedHeaders': 'host' },
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    });
  }
});

test('the token is signed as AWS says that it is checked', async () => {
  const token = await signInByIam(
    { user, cache },
    signingWith(async () => keys),
  ).password();
  const { searchParams } = new URL(`http://${token}`);
  const signature = searchParams.get('X-Amz-Signature');
  searchParams.delete('X-Amz-Signature');
  // "Signature Version 4 signing process", by hand.
  const escaped = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const query = [...searchParams]
    .map((pair) => pair.map(escaped).join('='))
    .toSorted()
    .join('&');
  const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
  const hash = async (text: string) =>
    Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('hex');
  const request = ['GET', '/', query, `host:${cache}`, '', 'host', await hash('')].join('\n');
  const moment = searchParams.get('X-Amz-Date') ?? '';
  const scope = `${moment.slice(0, 8)}/eu-central-1/elasticache/aws4_request`;
  expect(searchParams.get('X-Amz-Credential')).toBe(`${keys.accessKeyId}/${scope}`);
  const toSign = ['AWS4-HMAC-SHA256', moment, scope, await hash(request)].join('\n');
  const key = scope.split('/').reduce<Buffer | string>(hmac, `AWS4${keys.secretAccessKey}`);
  expect(signature).toBe(hmac(key, toSign).toString('hex'));
});

test('without credentials it is away with that reason, and there once they can be had', async () => {
  let isAway = true;
  const signIn = signInByIam(
    { user, cache },
    signingWith(async () => {
      if (isAway) throw new Error('Could not load credentials from any providers');
      return keys;
    }),
  );
  pair = connectRedis(url, log, signIn);
  const reason = once(pair.cache, 'error');
  expect(String((await reason)[0])).toContain('Could not load credentials');
  expect(pair.isUp()).toBe(false);
  expect(signIns).toEqual([]);
  isAway = false;
  await signedIn(2);
});

test('who closes while credentials are awaited connects no more', async () => {
  const asked = Promise.withResolvers<void>();
  const given = Promise.withResolvers<typeof keys>();
  const signIn = signInByIam(
    { user, cache },
    signingWith(() => {
      asked.resolve();
      return given.promise;
    }),
  );
  pair = connectRedis(url, log, signIn);
  await asked.promise;
  pair.close();
  given.resolve(keys);
  // Whatever it still does is done by then: a connection to this machine takes less than that.
  const probe = connectRedis(url, log, { username: 'probe', password: async () => 'probe' });
  await signedIn(2);
  probe.close();
  expect(signIns.map(([name]) => name)).toEqual(['probe', 'probe']);
});

test('by the settings: both or neither, and over TLS', () => {
  const load = (more: Record<string, string>) => () => loadConfig({ ...requiredSettings, ...more });
  expect(load({ REDIS_IAM_USER: user })).toThrow('expected both or neither');
  const both = { REDIS_IAM_USER: user, REDIS_IAM_CACHE: cache };
  expect(load({ ...both, REDIS_URL: 'redis://redis:6379' })).toThrow(
    'expected REDIS_URL to be a rediss:// URL',
  );
  expect(load({ ...both, REDIS_IAM_CACHE: 'Prod', REDIS_URL: 'rediss://redis' })).toThrow('in lower case');
  const config = load({ ...both, REDIS_URL: 'rediss://127.0.0.1:1' })();
  pair = openRedis(config, makeAwsClients(config, log), log);
  expect(pair?.cache.options).toMatchObject({ username: user, tls: {} });
});
