/** A bucket that refuses the page is told once, with the fix; S3 is an HTTP server that answers preflights. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CorsWatch } from './cors-watch.ts';

let server: Server;
let allows: Record<string, string> | undefined;
let asked: string[] = [];
const signs = (url: string) => async () => ({ url, expiresInSeconds: 60 });
const parts = () => {
  const { port } = server.address() as AddressInfo;
  return { bucket: 'media', presign: signs(`http://127.0.0.1:${port}/media/x?X-Amz-Signature=SECRET`) };
};

beforeEach(async () => {
  asked = [];
  allows = undefined;
  server = createServer((request, response) => {
    const { origin, 'access-control-request-method': method } = request.headers;
    asked.push(`${request.method} ${origin} ${method}`);
    response.writeHead(allows === undefined ? 403 : 200, allows).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('a refusal is an error with the fix, told once however often the page comes', async () => {
  const { log, said } = recordedLog();
  const watch = new CorsWatch(parts(), log);
  for (let time = 0; time < 3; time += 1) await watch.sees('https://audio.example');
  expect(asked).toEqual(['OPTIONS https://audio.example PUT']);
  expect(said).toEqual([
    {
      event: 'cors.refused',
      fields: {
        origin: 'https://audio.example',
        bucket: 'media',
        reason: 'S3 refuses PUT from https://audio.example (preflight answered 403)',
        fix: expect.stringMatching(/^Add https:\/\/audio\.example to the bucket's CORS rule/),
      },
    },
  ]);
});

test.each([
  [
    'a rule for this origin',
    { 'access-control-allow-origin': 'https://a.example', 'access-control-allow-methods': 'GET, PUT' },
    0,
  ],
  [
    'a rule for every origin',
    { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'PUT' },
    0,
  ],
  ['a rule without PUT', { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET' }, 1],
  [
    'a rule for another',
    { 'access-control-allow-origin': 'https://b.example', 'access-control-allow-methods': 'PUT' },
    1,
  ],
])('%s', async (_, headers, complaints) => {
  allows = headers;
  const { log, said } = recordedLog();
  await new CorsWatch(parts(), log).sees('https://a.example');
  expect(said).toHaveLength(complaints);
});

test('what is no browser, or no origin, asks nothing; nor do ever new origins, nor an S3 that is away', async () => {
  const { log, said } = recordedLog();
  const watch = new CorsWatch(parts(), log);
  await watch.sees(undefined);
  await watch.sees('null');
  expect(asked).toEqual([]);
  for (let n = 0; n < 30; n += 1) await watch.sees(`https://${n}.example`);
  expect(asked).toHaveLength(20);
  said.length = 0;
  const away = new CorsWatch({ bucket: 'media', presign: signs('http://127.0.0.1:1/') }, log);
  await away.sees('https://a.example');
  expect(said).toEqual([]);
});
