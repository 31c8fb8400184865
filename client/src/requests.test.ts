/** Answers that are none: other servers' pages, silence, and the API's own refusals. */
import { getEventListeners } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Client } from './client.ts';
import { Problem } from './problem.ts';
import { job } from './samples.testing.ts';
import { type Answerer, brokenOff, deadUrl, json, serve, silence, thrownBy } from './test-server.testing.ts';

const jobId = '00000000-0000-4000-8000-000000000001';

/** All that a problem tells, for whole comparisons. */
function factsOf(error: unknown) {
  if (!(error instanceof Problem)) throw error;
  const { code, message, status, retryable, requestId, detail } = error;
  return { code, message, status, retryable, requestId, detail };
}

test("the server's error body becomes a problem with all that it says", async () => {
  const error = {
    code: 'INVALID_OPTION',
    message: 'An option or quality is not possible for this format. See detail.',
    requestId: 'request-7',
    detail: { fields: [{ field: 'quality', message: 'expected 32k to 320k' }] },
  };
  const { client } = await serve([json({ error }, 422)]);
  const thrown = await thrownBy(client.jobs.submit({ fileId: jobId, format: 'mp3', quality: '999k' }));
  const message = 'An option or quality is not possible for this format (quality: expected 32k to 320k).';
  expect(factsOf(thrown)).toEqual({ ...error, message, status: 422, retryable: false });
});

test.each([
  ['JOB_ACTIVE', 409, true],
  ['WORKER_CRASHED', 500, false],
  ['A_CODE_OF_A_NEWER_SERVER', 400, false],
  ['A_CODE_OF_A_NEWER_SERVER', 503, true],
])('%s with status %i: retryable is %s', async (code, status, retryable) => {
  const { client } = await serve([json({ error: { code, message: 'A sentence.', requestId: 'r' } }, status)]);
  expect(factsOf(await thrownBy(client.jobs.cleanUp(jobId)))).toMatchObject({ code, status, retryable });
});

test('a server that is asked too often is asked again when it wants to be', async () => {
  const error = { code: 'RATE_LIMITED', message: 'Wait.', requestId: 'r', detail: { retryAfterSeconds: 1 } };
  const busy: Answerer = (_asked, answer) =>
    answer.writeHead(429, { 'retry-after': '1' }).end(JSON.stringify({ error }));
  const { client, asked } = await serve([busy, json(job({ jobId }))]);
  const startedAt = performance.now();
  expect(await client.jobs.get(jobId)).toEqual(job({ jobId }));
  expect(performance.now() - startedAt).toBeGreaterThan(900);
  expect(asked).toHaveLength(2);
});

const limited = { error: { code: 'RATE_LIMITED', message: 'Wait.', requestId: 'r' } };
const limitedFor =
  (seconds: number): Answerer =>
  (_asked, answer) =>
    answer.writeHead(429, { 'retry-after': String(seconds) }).end(JSON.stringify(limited));

test('a server that wants to be asked later again and again, or in an hour, is left to the caller', async () => {
  const { client, asked } = await serve([limitedFor(0)]);
  expect(await thrownBy(client.jobs.get(jobId))).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 0 });
  expect(asked).toHaveLength(4);
  const { client: patient, asked: once } = await serve([limitedFor(3_600)]);
  expect(await thrownBy(patient.jobs.get(jobId))).toMatchObject({ retryAfterMs: 3_600_000 });
  expect(once).toHaveLength(1);
});

test('a caller that has enough is not kept until the server wants to be asked again', async () => {
  const reason = new Error('enough');
  const over = new AbortController();
  const { client } = await serve([limitedFor(60)]);
  const thrown = thrownBy(client.jobs.get(jobId, { signal: over.signal }));
  await vi.waitFor(() => expect(getEventListeners(over.signal, 'abort')).toHaveLength(1), 20_000);
  over.abort(reason);
  expect(await thrown).toBe(reason);
}, 30_000);

const refused = (status: number) =>
  json({ error: { code: 'INVALID_TOKEN', message: 'Sign in.', requestId: 'r' } }, status);

test('who may renew is asked once, for a 401 alone; the call is made again where that was of use', async () => {
  const renewals: boolean[] = [];
  const asking = async (answers: Answerer[], isOfUse: boolean) => {
    renewals.length = 0;
    const renew = async () => renewals.push(isOfUse) > 0 && isOfUse;
    return await serve(answers, { renew });
  };
  const well = await asking([refused(401), json(job({ jobId }))], true);
  expect(await well.client.jobs.get(jobId)).toEqual(job({ jobId }));
  expect(renewals).toEqual([true]);

  const never = await asking([refused(401)], true);
  expect(await thrownBy(never.client.jobs.get(jobId))).toMatchObject({ status: 401 });
  expect([renewals, never.asked.length]).toEqual([[true], 2]);

  const noUse = await asking([refused(401)], false);
  expect(await thrownBy(noUse.client.jobs.get(jobId))).toMatchObject({ status: 401 });
  expect([renewals, noUse.asked.length]).toEqual([[false], 1]);

  const other = await asking([refused(403)], true);
  expect(await thrownBy(other.client.jobs.get(jobId))).toMatchObject({ status: 403 });
  expect(renewals).toEqual([]);
});

test('an address may end with a slash; one that only begins like the server’s is another one', async () => {
  const { url, asked } = await serve([json(job({ jobId }))]);
  const client = new Client(`${url}/`, { token: 'wf_live_x' });
  await client.jobs.get(jobId);
  expect(asked[0]?.url).toBe(`/api/jobs/${jobId}`);
  const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response());
  onTestFinished(() => sent.mockRestore());
  await client.uploads.sendPart(`${url}.example/part`, new Blob(['abc']));
  const [, { headers } = {}] = sent.mock.calls[0] ?? [];
  expect(new Headers(headers).has('authorization')).toBe(false);
});

test('a key goes to the server, and to nobody else', async () => {
  const { url, client, asked } = await serve([json(job({ jobId }))], { token: 'wf_live_x' });
  await client.jobs.get(jobId);
  const { origin, asked: elsewhere } = await storage();
  await client.uploads.sendPart(`${origin}/part`, new Blob(['abc']));
  await client.uploads.sendPart(client.uploads.partUrl('f', 1), new Blob(['abc']));
  expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer wf_live_x', 'Bearer wf_live_x']);
  expect(elsewhere.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  expect(origin.startsWith(url)).toBe(false);
});

/** Where presigned addresses lead. */
async function storage() {
  const { url: origin, asked } = await serve([json({})]);
  return { origin, asked };
}

test('other limits are for the caller, who is told for how long they may last', async () => {
  const error = { code: 'JOBS_LIMIT', message: 'Wait until some have ended.', requestId: 'r' };
  const { client, asked } = await serve([
    (_asked, answer) => answer.writeHead(429, { 'retry-after': '5' }).end(JSON.stringify({ error })),
  ]);
  const thrown = await thrownBy(client.jobs.submit({ fileId: jobId, format: 'mp3' }));
  expect(factsOf(thrown)).toMatchObject({ code: 'JOBS_LIMIT', retryable: true });
  expect(thrown).toHaveProperty('retryAfterMs', 5_000);
  expect(asked).toHaveLength(1);
});

test.each([
  [502, true],
  [429, true],
  [408, true],
  [403, false],
])("a proxy's own page with status %i is a problem of that status", async (status, retryable) => {
  const html = '<html><h1>Bad Gateway</h1></html>';
  const { client } = await serve([(_asked, answer) => answer.writeHead(status).end(html)]);
  expect(factsOf(await thrownBy(client.jobs.get(jobId)))).toEqual({
    code: 'UNEXPECTED_ANSWER',
    message: `The server answered with an error (${status}). Try again soon.`,
    status,
    retryable,
    requestId: undefined,
    detail: {},
  });
});

test.each([
  ['7', 7_000],
  // More days than a timer can wait.
  ['10000000', undefined],
  ['Fri, 31 Dec 2027 23:59:59 GMT', undefined],
])('a proxy that wants to be left alone for %s', async (retryAfter, retryAfterMs) => {
  const { client } = await serve([
    (_asked, answer) => answer.writeHead(503, { 'retry-after': retryAfter }).end('<html>'),
  ]);
  expect(await thrownBy(client.jobs.get(jobId))).toHaveProperty('retryAfterMs', retryAfterMs);
});

test("a captive portal's page with status 200 is no answer of this server, whatever was asked", async () => {
  const { client } = await serve([(_asked, answer) => answer.end('<html>Please log in</html>')]);
  for (const call of [client.jobs.get(jobId), client.jobs.remove(jobId), client.service.catalogue()])
    expect(factsOf(await thrownBy(call))).toMatchObject({
      code: 'UNEXPECTED_ANSWER',
      status: 200,
      retryable: false,
    });
});

const network = {
  code: 'NETWORK',
  message: 'The server did not answer. Check your connection and try again.',
  status: 0,
  retryable: true,
  requestId: undefined,
  detail: {},
};

test('no answer within the time limit is a problem, and the connection is let go', async () => {
  const { client, hungUp } = await serve([silence], { timeoutMs: 50 });
  expect(factsOf(await thrownBy(client.jobs.get(jobId)))).toEqual(network);
  await hungUp;
});

test('the time limit holds for the whole answer, and one call may have its own', async () => {
  const { client } = await serve([(_asked, answer) => answer.writeHead(200).write('{"jobId":')]);
  expect(factsOf(await thrownBy(client.jobs.get(jobId, { timeoutMs: 50 })))).toEqual(network);
});

test('sending bytes gets time for the bytes on top of the time limit', async () => {
  const uploaded = {
    fileId: jobId,
    sizeBytes: 16_000,
    fileName: 'a',
    uploadedAt: '2026-01-01T00:00:00.000Z',
  };
  const { client } = await serve(
    [(asked, answer) => setTimeout(() => json(uploaded, 201)(asked, answer), 200)],
    { timeoutMs: 50 },
  );
  // 16,000 bytes get a second.
  expect(await client.uploads.send(new Blob(['x'.repeat(16_000)]), { fileName: 'a' })).toEqual(uploaded);
});

test('an answer that breaks off is no answer', async () => {
  const { client } = await serve([brokenOff]);
  expect(factsOf(await thrownBy(client.jobs.get(jobId)))).toEqual(network);
});

test('nobody listening is no answer', async () => {
  expect(factsOf(await thrownBy(new Client(await deadUrl()).jobs.get(jobId)))).toEqual(network);
});

test("the caller's signal ends a call with the caller's reason, before and while it waits", async () => {
  const reason = new Error('enough');
  const over = new AbortController();
  const { client, hungUp, asked } = await serve([
    () => over.abort(reason), // the request has arrived
  ]);
  expect(await thrownBy(client.jobs.get(jobId, { signal: over.signal }))).toBe(reason);
  await hungUp;
  expect(await thrownBy(client.jobs.get(jobId, { signal: over.signal }))).toBe(reason);
  expect(asked).toHaveLength(1);
});

test("a download's time limit ends with its headers; the caller's signal still cuts its body", async () => {
  const over = new AbortController();
  const begin: Answerer = (_asked, answer) => answer.writeHead(200).write('begin');
  const { client } = await serve([begin, silence], { timeoutMs: 50 });
  const reader = (await client.results.download(jobId, { signal: over.signal })).body?.getReader();
  expect((await reader?.read())?.value).toEqual(new TextEncoder().encode('begin'));
  // Begun later with the same limit: when this one has waited too long, so would have the download.
  expect(await thrownBy(client.jobs.get(jobId))).toMatchObject({ code: 'NETWORK' });
  const rest = reader?.read();
  over.abort(new Error('enough'));
  await expect(rest).rejects.toThrow('enough');
});

test('a value in a path is one value, whatever is in it', async () => {
  const { client, asked } = await serve([json(job({ jobId }))]);
  await client.jobs.get('../health?x=1#y');
  expect(asked[0]?.url).toBe('/api/jobs/..%2Fhealth%3Fx%3D1%23y');
});

test.each(['', 'audio.example', '/api', 'ftp://audio.example', 'javascript:alert(1)'])(
  "'%s' is no server for a program that is no page",
  (baseUrl) => {
    expect(() => new Client(baseUrl)).toThrow(
      `expected the address of a server, such as http://127.0.0.1:3000, got '${baseUrl}'`,
    );
  },
);
