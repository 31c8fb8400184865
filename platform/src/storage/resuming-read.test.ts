/** Over the wire: a server that breaks its answers off as S3 and the network between do. */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAwsClients } from '../aws/clients.ts';
import { makeLog } from '../log/log.ts';
import { ObjectStore } from './objects.ts';
import { openResuming } from './resuming-read.ts';

const bytes = randomBytes(1_000_000);
const object = { bucket: 'audio', key: 'conversions/a/1.mp3', sizeBytes: bytes.length, etag: '"v1"' };
const whole = { first: 0, last: bytes.length - 1 };

/** What is asked, and what becomes of each answer. */
type Answer = (request: IncomingMessage, response: ServerResponse, part: Buffer) => void;
let answers: Answer[];
let asked: (string | undefined)[][];
let told: unknown[];
let server: Server;
let objects: ObjectStore;
let stop: () => void;

const complete: Answer = (_request, response, part) => void response.end(part);
const breakAfter =
  (count: number): Answer =>
  (_request, response, part) =>
    response.write(part.subarray(0, count), () => response.destroy());
/** As a proxy may: an orderly end, only too early. */
const replaced: Answer = (_request, response) => {
  response.removeHeader('content-length');
  response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
};

beforeEach(async () => {
  answers = [];
  asked = [];
  told = [];
  server = createServer((request, response) => {
    const { range, 'if-match': ifMatch } = request.headers;
    asked.push([range, ifMatch]);
    const [, from = '0', to = String(bytes.length - 1)] = /bytes=(\d+)-(\d+)/.exec(range ?? '') ?? [];
    const part = bytes.subarray(Number(from), Number(to) + 1);
    response.setHeader('etag', object.etag);
    response.setHeader('content-length', part.length);
    (answers.shift() ?? complete)(request, response, part);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const settings = {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POLL_WAIT_SECONDS: 1,
  };
  const pace = { firstMs: 1, maxMs: 1, beginWithinMs: 1_000 };
  const aws = makeAwsClients(settings, makeLog('test', 'silent'), pace);
  objects = new ObjectStore(aws, object.bucket);
  stop = () => aws.destroy();
});
afterEach(async () => {
  stop();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const log = { say: (...line: unknown[]) => void told.push(line[1]) };
/** As the API does, except that the breaking off shows here as an error. */
async function open(range = whole) {
  const body = await openResuming({ objects, log }, object, range, () => body.destroy(new Error('given up')));
  return body;
}

test('a stream that breaks twice is read to the end, and only what was missing is asked for', async () => {
  answers = [breakAfter(300_000), breakAfter(500_000)];
  expect((await buffer(await open())).equals(bytes)).toBe(true);
  const ranges = asked.map(([range]) => range);
  expect(ranges[0]).toBeUndefined();
  // What was on the wire when it broke may be lost: the resumed ranges begin behind the last byte that came.
  expect(ranges.slice(1).every((range) => /^bytes=\d+-999999$/.test(range ?? ''))).toBe(true);
  expect(new Set(asked.map(([, ifMatch]) => ifMatch))).toEqual(new Set(['"v1"']));
  expect(told).toHaveLength(asked.length - 1);
});

test('a range is resumed within itself', async () => {
  answers = [breakAfter(1_000)];
  const part = await buffer(await open({ first: 400_000, last: 599_999 }));
  expect(part.equals(bytes.subarray(400_000, 600_000))).toBe(true);
  expect(asked.map(([range]) => range)).toEqual(['bytes=400000-599999', 'bytes=401000-599999']);
});

test('while nothing comes any more it is given up', async () => {
  answers = [breakAfter(1_000), breakAfter(0), breakAfter(0)];
  await expect(buffer(await open())).rejects.toThrow('given up');
  expect(asked).toHaveLength(2);
});

test('ten times, and no more', async () => {
  answers = Array.from({ length: 20 }, () => breakAfter(1_000));
  await expect(buffer(await open())).rejects.toThrow('given up');
  expect(asked).toHaveLength(11);
});

test('an object that was replaced meanwhile is never mixed with the new one', async () => {
  answers = [breakAfter(1_000), replaced];
  await expect(buffer(await open())).rejects.toThrow('given up');
  expect(asked).toHaveLength(2);
  expect(told.at(-1)).toMatchObject({ err: { name: 'PreconditionFailed' }, at: 1_000 });
});

test('who stops reading ends the download from S3', async () => {
  const closed = new Promise<void>((resolve) => {
    answers = [
      (_request, response, part) => {
        response.once('close', () => resolve());
        response.write(part.subarray(0, 10_000));
      },
    ];
  });
  const body = await open();
  await once(body, 'readable');
  body.destroy();
  await closed;
});

test('who stops reading while it is opened again ends that as well', async () => {
  const again = Promise.withResolvers<ServerResponse>();
  answers = [breakAfter(1_000), (_request, response) => again.resolve(response)];
  const body = await open();
  body.resume();
  const unanswered = await again.promise;
  const closed = once(unanswered, 'close');
  body.destroy();
  await closed;
  // By itself the client would end it after three quarters of a minute.
}, 20_000);

test('nothing is read ahead of who reads slowly', async () => {
  const body = Readable.from(Array.from({ length: 200 }, () => bytes.subarray(0, 65_536)));
  const slow = { ...object, sizeBytes: 200 * 65_536 };
  const open = async () => ({ body });
  const read = await openResuming(
    { objects: { open }, log },
    slow,
    { first: 0, last: slow.sizeBytes - 1 },
    () => {},
  );
  await once(read, 'readable');
  for (let turns = 0; turns < 100; turns += 1) await turn();
  expect(read.readableLength).toBeLessThanOrEqual(2 * 65_536);
  read.destroy();
});
