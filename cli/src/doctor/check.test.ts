/** One check by itself: how errors read, what is left out after them, and that it ends in time. */
import type { Where } from '@wavefleet/platform/trouble/where.ts';
import { expect, test } from 'vitest';
import { CallProblem } from './calls.ts';
import { type Check, runChecks } from './check.ts';

const aws: Where = { service: 'S3', region: 'eu-west-1', setting: 'AWS_ENDPOINT_URL', address: undefined };
const fails = (error: unknown, thing = 'one'): Check => ({
  what: 'asked',
  thing,
  run: () => Promise.reject(error),
});
const well = (thing: string): Check => ({ what: 'asked', thing, run: async () => [] });
const coded = (code: string) => Object.assign(new Error(`it said ${code}`), { code });

test.each([
  [
    'answers when it is told to stop',
    (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  ],
  ['never answers', () => new Promise<never>(() => undefined)],
])('a service that %s is a timeout: the network, most likely', async (_, run) => {
  const { findings, leftOut, blocked } = await runChecks(
    [{ what: 'asked', thing: 'one', run }, well('two')],
    aws,
    { calls: 20, whole: 40 },
  );
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({
    status: 'FAIL',
    remarks: [
      {
        problem: expect.stringMatching(/^TimeoutError: /),
        fix: 'No connection to S3 in eu-west-1: in a private subnet there must be a NAT gateway or a VPC endpoint for it, and security groups must let port 443 out and into the endpoint.',
        blocks: 'service',
      },
    ],
  });
  expect({ leftOut, blocked }).toEqual({ leftOut: 1, blocked: true });
});

test('what is missing keeps only its own further checks from running', async () => {
  const gone = Object.assign(new Error('gone'), { name: 'NoSuchBucket' });
  const { findings, leftOut, blocked } = await runChecks([fails(gone), well('one'), well('two')], aws);
  expect(findings.map(({ status }) => status)).toEqual(['FAIL', 'ok']);
  expect({ leftOut, blocked }).toEqual({ leftOut: 1, blocked: false });
});

test.each([
  ['ENOTFOUND', "check AWS_REGION (now eu-west-1) and this machine's DNS"],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'use the name that it was made for'],
  ['EPROTO', 'correct the scheme in AWS_ENDPOINT_URL'],
  ['ECONNRESET', 'S3 in eu-west-1 closed the connection'],
  ['EHOSTUNREACH', 'NAT gateway or a VPC endpoint'],
])('%s on the way to AWS', async (code, fix) => {
  // As Node reports several addresses tried at once, inside what an SDK wraps around it.
  const error = new Error('fetch failed', { cause: new AggregateError([coded(code)]) });
  const { findings } = await runChecks([fails(error)], aws);
  expect(findings[0]?.remarks[0]?.fix).toContain(fix);
  expect(findings[0]?.remarks[0]?.problem).toBe(`${code}: it said ${code}`);
});

test.each([
  ['MOVED 1 10.0.0.1:6379', 'cluster mode disabled'],
  ["READONLY You can't write against a read only replica.", 'use the primary endpoint'],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'maxmemory-policy'],
])('Redis says %s', async (message, fix) => {
  const error = Object.assign(new Error(message), { name: 'ReplyError' });
  const { findings } = await runChecks([fails(error)], {
    service: 'Redis',
    region: 'eu-west-1',
    setting: 'REDIS_URL',
    address: 'redis:6379',
  });
  expect(findings[0]?.remarks[0]).toMatchObject({
    status: 'FAIL',
    problem: message,
    fix: expect.stringContaining(fix),
  });
});

test('a queue of another region than AWS_REGION is told by its URL', async () => {
  const gone = Object.assign(new Error('gone'), { name: 'QueueDoesNotExist' });
  const name = 'https://sqs.us-east-2.amazonaws.com/123456789012/wavefleet-jobs';
  const subject = { action: 'sqs:GetQueueAttributes', resource: 'arn', setting: 'JOBS_QUEUE_URL', name };
  const { findings } = await runChecks([fails(new CallProblem(gone, subject, true))], aws);
  expect(findings[0]?.remarks[0]?.fix).toBe(
    'JOBS_QUEUE_URL names a queue in us-east-2, but AWS_REGION is eu-west-1: make them agree.',
  );
});

test('an error that nobody knows is shown as it is', async () => {
  const { findings } = await runChecks([fails(new RangeError('odd\nsecond line'))], aws);
  expect(findings[0]?.remarks[0]).toEqual({
    status: 'FAIL',
    problem: 'RangeError: odd',
    fix: 'This problem is not a known one: the message is all there is to go by.',
  });
});
