/** Progress as a stream of events, however the bytes arrive and break off. */
import type { ProgressView } from '@wavefleet/contracts/progress.ts';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { EventOptions } from './event-stream.ts';
import { view } from './samples.testing.ts';
import { type Answerer, json, serve, type TestServer, thrownBy } from './test-server.testing.ts';

const { jobId } = view();
const done = view({ status: 'completed', progress: 100, stage: 'completed', step: 'done', phase: 3 });

const event = (id: string, data: unknown) => `event: progress\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

/** Streams `text`, then ends the answer as it says; `hold` leaves it open. */
const stream =
  (text: string, end: 'orderly' | 'broken' | 'hold' = 'orderly'): Answerer =>
  (_asked, answer) => {
    answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
    answer.write(text, () => {
      if (end === 'orderly') answer.end();
      if (end === 'broken') answer.destroy();
    });
  };

async function allOf({ client }: TestServer, options?: EventOptions): Promise<ProgressView[]> {
  const views: ProgressView[] = [];
  for await (const each of client.progress.events(jobId, options)) views.push(each);
  return views;
}

test('events come one by one up to and with the terminal one, and the connection is let go', async () => {
  const text =
    event('1-1-200-0', view()) + event('1-1-300-0', view({ progress: 30 })) + event('2-1-1000-0', done);
  const server = await serve([stream(text, 'hold')]);
  expect(await allOf(server)).toEqual([view(), view({ progress: 30 }), done]);
  expect(server.asked).toMatchObject([{ url: `/api/jobs/${jobId}/events`, method: 'GET' }]);
  await server.hungUp;
});

test('events are whole however the bytes arrive: split in a line, in a character, between events', async () => {
  const named = view({ error: 'Größe ♫', errorCode: 'X' });
  const bytes = Buffer.from(`: still here\n\n${event('a', named)}${event('b', done)}`);
  const body = ReadableStream.from(Array.from(bytes, (byte) => Uint8Array.of(byte)));
  const server = await serve([]);
  const asked = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(body));
  onTestFinished(() => asked.mockRestore());
  expect(await allOf(server)).toEqual([named, done]);
});

test('a stream cut in the middle of an event goes on after the last whole one', async () => {
  const cut = event('1-1-300-0', view({ progress: 30 })).slice(0, 60);
  const server = await serve([
    stream(event('1-1-200-0', view()) + cut, 'broken'),
    stream(event('1-1-300-0', view({ progress: 30 })) + event('2-1-1000-0', done)),
  ]);
  expect(await allOf(server)).toEqual([view(), view({ progress: 30 }), done]);
  expect(server.asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1-1-200-0']);
});

test('a stream that a deployment ends in order goes on with the next process', async () => {
  const server = await serve([stream(event('1-1-200-0', view())), stream(event('2-1-1000-0', done))]);
  expect(await allOf(server)).toEqual([view(), done]);
  expect(server.asked[1]?.headers['last-event-id']).toBe('1-1-200-0');
});

test('an outage in between is waited out, as long as the server says', async () => {
  const error = { code: 'SERVICE_UNAVAILABLE', message: 'Try again soon.', requestId: 'r' };
  const away: Answerer = (_asked, answer) =>
    answer.writeHead(503, { 'retry-after': '2' }).end(JSON.stringify({ error }));
  const badGateway: Answerer = (_asked, answer) => answer.writeHead(502).end('<html>');
  const server = await serve([away, badGateway, stream(event('2-1-1000-0', done))]);
  const startedAt = performance.now();
  expect(await allOf(server)).toEqual([done]);
  expect(performance.now() - startedAt).toBeGreaterThan(1_900);
});

test('a caller that was told before resumes by the id of its last event', async () => {
  const server = await serve([stream(event('2-1-1000-0', done))]);
  expect(await allOf(server, { lastEventId: '1-1-200-0' })).toEqual([done]);
  expect(server.asked[0]?.headers['last-event-id']).toBe('1-1-200-0');
});

test('after the terminal event there is nothing more to tell', async () => {
  const server = await serve([(_asked, answer) => answer.writeHead(204).end()]);
  expect(await allOf(server, { lastEventId: '2-1-1000-0' })).toEqual([]);
});

test('a line that falls silent is left and taken up again; heartbeats are no silence', async () => {
  const server = await serve([
    (_asked, answer) => {
      answer.writeHead(200).write(event('1-1-200-0', view()));
      for (const ms of [150, 300, 450]) setTimeout(() => answer.write(': still here\n\n'), ms);
    },
    stream(event('2-1-1000-0', done)),
  ]);
  const startedAt = performance.now();
  expect(await allOf(server, { silenceMs: 300 })).toEqual([view(), done]);
  expect(performance.now() - startedAt).toBeGreaterThan(600);
});

test('it gives up after so many tries in a row', async () => {
  const server = await serve([(_asked, answer) => answer.destroy()]);
  expect(await thrownBy(allOf(server, { maxTries: 2 }))).toMatchObject({ code: 'NETWORK', retryable: true });
  expect(server.asked).toHaveLength(2);
});

test('tries count from the last event on, whose id stays also where a later one has none', async () => {
  const cut = stream(event('1-1-200-0', view()), 'broken');
  const nameless = event('', view({ progress: 30 })).replace('id: \n', '');
  const server = await serve([
    cut,
    (_asked, answer) => answer.destroy(),
    cut,
    (_asked, answer) => answer.destroy(),
    stream(nameless),
    stream(event('2-1-1000-0', done)),
  ]);
  expect(await allOf(server, { maxTries: 2 })).toHaveLength(4);
  expect(server.asked.map(({ headers }) => headers['last-event-id'])).toEqual([
    undefined,
    ...Array.from({ length: 5 }, () => '1-1-200-0'),
  ]);
});

test('what another try cannot help is thrown at once', async () => {
  const gone = json(
    { error: { code: 'JOB_NOT_FOUND', message: 'There is no such job.', requestId: 'r' } },
    404,
  );
  const server = await serve([gone]);
  expect(await thrownBy(allOf(server))).toMatchObject({ code: 'JOB_NOT_FOUND', status: 404 });
  expect(server.asked).toHaveLength(1);
});

test.each([
  ['no JSON', 'event: progress\ndata: {"jobId":\n\n'],
  ['another shape', event('a', { percent: 20 })],
])('an event of %s is a problem, not a crash', async (_what, text) => {
  expect(await thrownBy(allOf(await serve([stream(text)])))).toMatchObject({ code: 'UNEXPECTED_ANSWER' });
});

test('events of other names are not for us', async () => {
  const text = `event: news\ndata: {}\n\n${event('2-1-1000-0', done)}`;
  expect(await allOf(await serve([stream(text)]))).toEqual([done]);
});

test("the caller's signal ends the events with its reason, also between two tries", async () => {
  const reason = new Error('enough');
  const over = new AbortController();
  const server = await serve([stream(event('1-1-200-0', view()), 'hold')]);
  const listening = async () => {
    for await (const _view of server.client.progress.events(jobId, { signal: over.signal }))
      over.abort(reason);
  };
  expect(await thrownBy(listening())).toBe(reason);
  await server.hungUp;

  const later = new AbortController();
  const away = await serve([
    (_asked, answer) => {
      answer.destroy();
      setTimeout(() => later.abort(reason), 20);
    },
  ]);
  expect(await thrownBy(allOf(away, { signal: later.signal }))).toBe(reason);
});

test('a caller that has heard enough lets go of the connection', async () => {
  const server = await serve([stream(event('1-1-200-0', view()), 'hold')]);
  for await (const _view of server.client.progress.events(jobId)) break;
  await server.hungUp;
});
