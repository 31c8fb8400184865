/** The log: what a line looks like, what cannot get into it, and whose ids it carries. */
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { checkLine, repeatedKeys } from './line-check.testing.ts';
import { type Log, makeLog } from './log.ts';
import { lines } from './table.ts';

const JOB = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01';
const OTHER = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a02';

/** What is written while `work` says something. */
function written(level: string, work: (log: Log) => void, instance?: string): string[] {
  const texts: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      texts.push(chunk.toString());
      done();
    },
  });
  work(makeLog('api', level, instance, sink));
  return texts.map((text) => text.trimEnd());
}
const parsed = (texts: readonly string[]) =>
  texts.map((text) => {
    const { time, ...line } = JSON.parse(text);
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT/);
    return line;
  });

test('a line has its row’s level and message, who says it, and its fields', () => {
  expect(parsed(written('info', (log) => log.say('queue.answers'), 'api-7'))).toEqual([
    { level: 'info', service: 'api', instance: 'api-7', event: 'queue.answers', msg: 'queue answers again' },
  ]);
  expect(parsed(written('info', (log) => log.say('breaker.opened', { aws: 's3' })))).toEqual([
    {
      level: 'warn',
      service: 'api',
      event: 'breaker.opened',
      aws: 's3',
      msg: 'circuit breaker opened: calls fail fast',
    },
  ]);
});

test('a wrong name, a wrong field and a missing one do not compile', () => {
  const log = makeLog('api', 'silent');
  // @ts-expect-error no such row
  expect(() => log.say('queue.sings')).toThrow();
  // @ts-expect-error no such field
  log.say('queue.answers', { queue: 'jobs' });
  // @ts-expect-error the field is missing
  log.say('breaker.opened');
  // @ts-expect-error no such service
  log.say('breaker.opened', { aws: 'redis' });
});

test('what is below the level is not written, and can be asked for', () => {
  const said = written('warn', (log) => {
    expect([log.hears('info'), log.hears('warn')]).toEqual([false, true]);
    log.say('queue.answers');
  });
  expect(said).toEqual([]);
});

test('what a program acts on is written at any level but silent', () => {
  const measured = {
    Backlog: 1,
    MeanJobSeconds: 15,
    DeadLetters: 0,
    _aws: { Timestamp: 1, CloudWatchMetrics: [] },
  };
  const say = (log: Log) => log.say('load.measured', measured);
  expect(parsed(written('error', say))).toEqual([
    { level: 'info', service: 'api', event: 'load.measured', ...measured, msg: 'how loaded the fleet is' },
  ]);
  expect(written('silent', say)).toEqual([]);
});

test('bound ids are in every line of the child, and in those that others say within it, none of them twice', async () => {
  const said = written('info', (log) => {
    const ofJob = log.child({ jobId: JOB, traceId: 'a'.repeat(32) }).child({ attempt: 2 });
    ofJob.say('job.handed-back');
    ofJob.within(() => {
      log.say('queue.answers');
      ofJob.say('job.handed-back');
      log.say('job.dispatched', { jobId: OTHER, queue: 'jobs' });
    });
    log.say('queue.answers');
  });
  const ids = parsed(said).map(({ jobId, attempt, traceId }) => [jobId, attempt, traceId?.length]);
  expect(ids).toEqual([
    [JOB, 2, 32],
    [JOB, 2, 32],
    [JOB, 2, 32],
    [OTHER, 2, 32],
    [undefined, undefined, undefined],
  ]);
  for (const text of said) expect(checkLine(text)).toMatchObject({ service: 'api' });
});

test('an error is written with its causes and frames, without what libraries hang on it', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', port: 1 });
  const error = Object.assign(new TypeError('no way', { cause }), {
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403, requestId: 'r' },
    CanonicalRequest: 'x-amz-security-token:SECRET',
  });
  const [text = ''] = written('info', (log) => log.say('sweep.failed', { err: error }));
  expect(checkLine(text)).toMatchObject({
    err: {
      type: 'AccessDenied',
      message: 'no way',
      status: 403,
      stack: expect.stringContaining('    at '),
      cause: { type: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
    },
  });
  expect(text).not.toContain('SECRET');
});

describe('no secret gets out by an error’s message', () => {
  test.each([
    [
      'http://b/k?X-Amz-Credential=SECRET%2F1&X-Amz-Signature=SECRET',
      'http://b/k?X-Amz-Credential=…&X-Amz-Signature=…',
    ],
    ['redis://user:SECRET@host:6379 does not answer', 'redis://…@host:6379 does not answer'],
  ])('%s', (message, shown) => {
    const [text = ''] = written('info', (log) => log.say('sweep.failed', { err: new Error(message) }));
    expect(JSON.parse(text).err.message).toBe(shown);
    expect(text).not.toContain('SECRET');
  });

  test('a signature error, which quotes the headers that were signed', () => {
    const error = Object.assign(new Error('x-amz-security-token:SECRET'), { name: 'SignatureDoesNotMatch' });
    const [text = ''] = written('info', (log) => log.say('sweep.failed', { err: error }));
    expect(text).not.toContain('SECRET');
  });
});

test('what is thrown need not be an error', () => {
  const [text = ''] = written('info', (log) => log.say('sweep.failed', { err: 'gone' }));
  expect(checkLine(text)).toMatchObject({ err: { type: 'string', message: 'gone' } });
});

test('a line holds nothing that a terminal would obey', () => {
  const key = 'drops/mp3/\u009b31m\u202egnp.exe\u001b[2J';
  const [text = ''] = written('info', (log) => log.say('drop.taken', { jobId: JOB, key, created: true }));
  expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  expect(JSON.parse(text).key).toBe(key);
});

test('a key that stands twice is seen, at any depth, and a text that looks like one is not', () => {
  expect(repeatedKeys('{"service":"api","a":{"service":1},"service":"s3"}')).toEqual(['service']);
  expect(repeatedKeys('{"a":{"b":1,"b":2},"c":[{"b":1},{"b":2}]}')).toEqual(['b']);
  expect(repeatedKeys('{"a":"\\"b\\":","b":"{","c":"\\\\"}')).toEqual([]);
  expect(repeatedKeys('{"a":')).toBeUndefined();
});

test('every row has a name of the form topic.what and a metric that its fields can feed', () => {
  for (const [name, row] of Object.entries(lines)) {
    expect(name).toMatch(/^[a-z-]+(\.[a-z-]+)?$/);
    if ('metric' in row && 'field' in row.metric) expect(Object.keys(row.fields)).toContain(row.metric.field);
  }
});
