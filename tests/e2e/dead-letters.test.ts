/** Dead letters: whose job fails over them, which are deleted, which stay for people, and how those get another try. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { wavefleet } from '@wavefleet/cli/wavefleet.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { segmentsPrefix } from '@wavefleet/contracts/keys.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { receiveBodies } from '@wavefleet/localstack/embedded/services.testing.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { setAside } from '@wavefleet/platform/aws/messages.ts';
import { settleDeadLetters } from '@wavefleet/platform/upkeep/dead-letters.ts';
import { startSweeper, sweepOnce } from '@wavefleet/platform/upkeep/sweeper.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loseAnswerOf } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
let fileId: string;

beforeAll(async () => {
  stand = await Stand.start();
  const sample = join(stand.dir, 'sample.wav');
  await makeSample(sample, { seconds: 1 });
  ({ fileId } = await uploadFile(stand.client, sample));
});
afterEach(async () => {
  await stand.stopWorkers();
  for (const letter of await stand.platform.deadLetters.look())
    await stand.platform.deadLetters.remove(letter);
});
afterAll(() => stand?.stop());

const send = (QueueUrl: string | undefined, body: unknown) =>
  stand.platform.aws.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: typeof body === 'string' ? body : JSON.stringify(body) }),
  );
const bury = (body: unknown) => send(stand.env.JOBS_DLQ_URL, body);
const messageOf = (jobId: string) => ({ v: 1, jobId });

/** What lies there, by job, or by kind where there is none. */
async function buried(): Promise<string[]> {
  const letters = await stand.platform.deadLetters.look();
  await stand.platform.deadLetters.putBack(letters);
  return letters.map(({ jobId, kind }) => jobId ?? kind).sort();
}

async function typed(...args: string[]) {
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const code = await wavefleet(args, { env: stand.env, print: say, complain: say });
  return { code, lines };
}

test('a job that waits fails over its dead letter and is told; what is settled goes; the rest is left as it is', async () => {
  const { platform, byHand } = stand;
  const waits = await byHand.job(fileId);
  const isAtWork = await byHand.job(fileId);
  await byHand.claim(isAtWork);
  const hasEnded = await byHand.job(fileId);
  await byHand.fail(await byHand.claim(hasEnded));
  const gone = randomUUID();
  for (const jobId of [waits, isAtWork, hasEnded, gone]) await bury(messageOf(jobId));
  await bury({ v: 99, order: waits });
  await bury('no job message');
  const atWork = await platform.jobs.get(isAtWork);

  expect(await settleDeadLetters(platform)).toEqual({ seenTo: 3, left: 4 });
  expect(await buried()).toEqual([isAtWork, 'later', 'unreadable', waits].sort());
  expect(await platform.jobs.get(isAtWork)).toEqual(atWork);
  expect(await stand.client.jobs.get(waits)).toMatchObject({
    status: 'failed',
    error: {
      code: 'UNDELIVERABLE',
      retryable: true,
      detail: { reason: 'received many times and never finished' },
    },
  });
  await sweepOnce(platform);
  await until('it is told', async () => (await stand.events.drain()) && stand.events.of(waits).length > 0);
  // What stays is not seen to again.
  expect(await settleDeadLetters(platform)).toEqual({ seenTo: 0, left: 4 });
  const after = await platform.jobs.get(waits);
  expect(await settleDeadLetters(platform)).toEqual({ seenTo: 0, left: 4 });
  expect(await platform.jobs.get(waits)).toEqual(after);
});

test('a job that fails over its letter, and whose answer from the table is lost, is told to its readers and leaves no segment', async () => {
  const { platform, byHand } = stand;
  const jobId = await byHand.job(fileId);
  await platform.transitions.release(await byHand.claim(jobId));
  const segment = `${segmentsPrefix(jobId)}plan/0`;
  await platform.objects.putJsonIf(segment, 'a segment', undefined);
  await bury(messageOf(jobId));
  const wasLost = loseAnswerOf(platform.aws.dynamo, '#error = :error');
  expect(await settleDeadLetters(platform)).toEqual({ seenTo: 1, left: 1 });
  expect(wasLost()).toBe(true);
  expect(await platform.progress.readRedis(jobId)).toMatchObject({ stage: 'failed' });
  expect(await platform.objects.list(segmentsPrefix(jobId))).toEqual([]);
});

test('the sweeper sees to dead letters', async () => {
  const jobId = await stand.byHand.job(fileId);
  await bury(messageOf(jobId));
  const stop = startSweeper(stand.platform);
  await until('it has failed', async () => (await stand.platform.jobs.get(jobId))?.status === 'failed');
  await stop();
});

test('wavefleet dlq lists them, and gives another try: woken while it waits, a new job once it has failed', async () => {
  const failed = await stand.byHand.job(fileId);
  await bury(messageOf(failed));
  await settleDeadLetters(stand.platform);
  const waits = await stand.byHand.job(fileId);
  await bury(messageOf(waits));
  await bury('no job message');

  const list = await typed('dlq', 'list');
  expect(list.code).toBe(0);
  expect(list.lines.map((line) => line.replace(/ {2,}/g, ' | ').replace(/\d+ s/, 'N s')).sort()).toEqual(
    [
      'JOB | STATUS | AGE | REASON',
      `${failed} | failed UNDELIVERABLE | N s | received many times and never finished`,
      `${waits} | created | N s | received many times and never finished`,
      '- | unreadable | N s | received many times and never finished',
      '3 dead letters',
    ].sort(),
  );

  const one = await typed('dlq', 'redrive', failed);
  const [, next = ''] = /runs again as (\S+)$/.exec(one.lines[0] ?? '') ?? [];
  expect(one).toEqual({ code: 0, lines: [`${failed}: has failed, runs again as ${next}`] });
  expect(await stand.platform.jobs.get(next)).toMatchObject({
    status: 'created',
    retryOf: failed,
    format: 'mp3',
  });
  // Its letter is gone; asked again it is the same job.
  expect(await typed('dlq', 'redrive', failed)).toEqual(one);
  expect(await buried()).toEqual(['unreadable', waits].sort());

  const rest = await typed('dlq', 'redrive');
  expect(rest.code).toBe(1);
  expect(rest.lines.map((line) => line.replace(/^message \S+:/, 'message:')).sort()).toEqual(
    [`${waits}: put back on the queue`, 'message: left, it is not a job message'].sort(),
  );
  expect(await buried()).toEqual(['unreadable']);
  await stand.addWorker();
  for (const jobId of [next, waits]) {
    expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({ status: 'completed' });
  }
});

test('wavefleet dlq --drops says of which files nobody took notice, and sends them to their queue again', async () => {
  const record = {
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'other' }, object: { key: 'drops/mp3/a+b.wav' } },
  };
  const notification = { Records: [record] };
  await setAside(
    stand.platform.aws.sqs,
    stand.platform.config.DROPS_DLQ_URL,
    JSON.stringify(notification),
    'foreign bucket other',
  );

  const listed = [
    '  AGE  FILES: REASON',
    '  0 s  s3://other/drops/mp3/a b.wav: foreign bucket other',
    '1 dead letter',
  ];
  const { code, lines } = await typed('dlq', 'list', '--drops');
  expect([code, ...lines.map((line) => line.replace(/\d s/, '0 s'))]).toEqual([0, ...listed]);
  expect(await typed('dlq', 'redrive', '--drops')).toEqual({
    code: 0,
    lines: ['s3://other/drops/mp3/a b.wav: sent again'],
  });
  expect(await receiveBodies(stand.platform.aws.sqs, stand.platform.config.DROPS_QUEUE_URL)).toEqual([
    notification,
  ]);
  expect(await typed('dlq', 'redrive', '--drops')).toEqual({ code: 0, lines: ['there are no dead letters'] });
  expect((await typed('dlq', 'redrive', 'a-job', '--drops')).code).toBe(2);
});

const poison = [
  ' ',
  'null',
  '0',
  '"text"',
  '[]',
  '{}',
  '{',
  '\u00e4',
  '<xml/>',
  '{"v":1}',
  '{"v":1,"jobId":null}',
  '{"v":1,"jobId":"../../etc/passwd"}',
  '{"v":"1","jobId":"c67a986d-0000-4000-8000-000000000000"}',
  '{"v":0,"jobId":"c67a986d-0000-4000-8000-000000000000"}',
  '{"v":-1}',
  '{"v":1e400}',
  '{"v":99}',
  '{"v":1,"jobId":"c67a986d-0000-4000-8000-000000000000"}',
  `{"v":1,"jobId":"${'a'.repeat(100_000)}"}`,
  '['.repeat(50_000),
];

test('20 kinds of bad messages stop no job behind them, and go aside or wait, each in its way', async () => {
  for (const body of poison) await send(stand.env.JOBS_QUEUE_URL, body);
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'wav' });
  await stand.addWorker();
  const startedAtMs = performance.now();
  await until(
    'the job behind them is claimed',
    async () => ((await stand.platform.jobs.get(jobId))?.attempt ?? 0) > 0,
  );
  // A worker that rests after one of them rests for five seconds.
  expect(performance.now() - startedAtMs).toBeLessThan(4_000);
  await stand.client.jobs.waitForEnd(jobId);
  // A later version waits on its queue, and of a job that is not there nothing is left.
  const aside = Array.from({ length: poison.length - 2 }, () => 'unreadable');
  // A sweeper may have been looking at some.
  await until('all others are aside', async () => (await buried()).join() === aside.join());
});

test('wavefleet dlq --notices says what no notifier could handle, and sends it to its queue again', async () => {
  const mail = { v: 1, mailId: randomUUID(), ownerId: 'account:ann' };
  await send(stand.env.NOTICES_DLQ_URL, mail);
  await setAside(
    stand.platform.aws.sqs,
    stand.env.NOTICES_DLQ_URL ?? '',
    '{}',
    'neither an event nor a notice',
  );
  const listed = await typed('dlq', 'list', '--notices');
  expect(listed.lines.at(-1)).toBe('2 dead letters');
  expect(listed.lines.join('\n')).toContain(`e-mail ${mail.mailId}: received many times`);
  expect(listed.lines.join('\n')).toMatch(/message \S+: neither an event nor a notice/);
  const { code, lines } = await typed('dlq', 'redrive', '--notices');
  expect([code, lines.toSorted().at(0)]).toEqual([0, `e-mail ${mail.mailId}: sent again`]);
  // Beside ends of the jobs of other tests, which nobody reads here.
  const seen: string[] = [];
  await until('both are back', async () => {
    const bodies = await receiveBodies(stand.platform.aws.sqs, stand.platform.config.NOTICES_QUEUE_URL, 0);
    seen.push(...bodies.map((body) => JSON.stringify(body)));
    return (seen.includes(JSON.stringify(mail)) && seen.includes('{}')) || undefined;
  });
  expect((await typed('dlq', 'list', '--notices')).lines).toEqual(['0 dead letters']);
  expect((await typed('dlq', 'list', '--notices', '--drops')).code).toBe(2);
});
