/** A server that says how it is. */
import { expect, test } from 'vitest';
import { type Answerer, json, serve, thrownBy } from './test-server.testing.ts';

const dependency = { status: 'ok', breaker: 'closed', latencyMs: 3, resource: 'x' };
const health = {
  status: 'down',
  environment: 'embedded',
  version: '0.1.0',
  uptimeSeconds: 7,
  dependencies: {
    s3: { ...dependency, status: 'down', breaker: 'open', latencyMs: null, problem: 'no answer' },
    sqs: dependency,
    dynamodb: dependency,
    eventbridge: dependency,
    redis: { ...dependency, breaker: 'none' },
  },
  system: { refusing: ['disk'], workers: null, processes: [] },
};

test('a server that is down says so, and that is an answer', async () => {
  const { client, asked } = await serve([json(health, 503)]);
  expect(await client.service.health()).toEqual(health);
  expect(asked).toMatchObject([{ method: 'GET', url: '/api/health' }]);
});

test("a proxy's 503 is none", async () => {
  const page: Answerer = (_asked, answer) => answer.writeHead(503).end('<html>');
  const { client } = await serve([page]);
  expect(await thrownBy(client.service.health())).toMatchObject({
    code: 'UNEXPECTED_ANSWER',
    status: 503,
    retryable: true,
  });
});
