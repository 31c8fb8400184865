/** What a fleet writes into its log: every line as the table says, a job's whole story at `info`, and no secret. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@wavefleet/client/client.ts';
import { saveResult, uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { dropAndWait } from '@wavefleet/localstack/demo/drop.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { type CheckedLine, checkLine } from '@wavefleet/platform/log/line-check.testing.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { patientLeases } from '../bring-up/stand.ts';

/** In the names of files and in their tags. */
const USER_TEXT = 'Grandmothers-Recipe';
const NAME = `${USER_TEXT}.flac`;
const IDEMPOTENCY_KEY = 'order-of-tuesday';
/** Far more than anything in here takes, also on a machine that does ten other things. */
const LONG_MS = 120_000;

let fleet: Fleet;
let client: Client;
let presignedUrl: string;
/** Everything that api and workers wrote. */
let texts: string[];
let problems: string[];
let lines: CheckedLine[];
/** Jobs of each sort, by their ids. */
const jobs = { completed: '', failed: '', cancelled: '', dropped: '', moved: '' };
const files = { short: '', long: '' };

beforeAll(async () => {
  fleet = await Fleet.start({
    workers: 1,
    restartWorkers: false,
    // A lease that a busy machine lets run out would add an attempt to the stories.
    env: { LOG_LEVEL: 'debug', DRAIN_TIMEOUT_MS: '0', ...patientLeases },
  });
  client = fleet.client;
  await makeFiles();
  jobs.completed = await completedJob();
  jobs.failed = await failedJob();
  jobs.dropped =
    (await dropAndWait(fleet.env, fleet.file(NAME), `drops/mp3-192k/a.flac`, LONG_MS)).jobId ?? '';
  jobs.cancelled = await cancelledJob();
  jobs.moved = await movedJob();
  await client.jobs.remove(jobs.completed);
  await Promise.all(fleet.workers.map((worker) => worker.stop()));
  await fleet.api.stop();
  const names = (await readdir(fleet.logDir)).filter((name) => /^(api|worker-\d+)\.log$/.test(name));
  const logs = await Promise.all(names.map((name) => readFile(join(fleet.logDir, name), 'utf8')));
  texts = logs.flatMap((log) => log.split('\n')).filter((text) => text !== '');
  const checked = texts.map(checkLine);
  problems = checked.flatMap((line) => (Array.isArray(line) ? line : []));
  lines = checked.flatMap((line) => (Array.isArray(line) ? [] : [line]));
}, 600_000);
afterAll(() => fleet?.stop());

async function makeFiles(): Promise<void> {
  await makeSample(fleet.file(NAME), { seconds: 3, tags: { title: USER_TEXT } });
  await makeSample(fleet.file('long.flac'), { seconds: 700, codec: ['-sample_fmt', 's16'] });
  await makeSample(fleet.file('whole.m4a'), { seconds: 3 });
  const whole = await readFile(fleet.file('whole.m4a'));
  await writeFile(fleet.file('cut.m4a'), whole.subarray(0, whole.length / 2));
  files.short = (await uploadFile(client, fleet.file(NAME))).fileId;
  files.long = (await uploadFile(client, fleet.file('long.flac'))).fileId;
}

/** Polled, fetched in both ways, and deleted. */
async function completedJob(): Promise<string> {
  const { jobId } = await client.jobs.submit(
    { fileId: files.short, format: 'alac' },
    { idempotencyKey: IDEMPOTENCY_KEY },
  );
  await client.jobs.waitForEnd(jobId, { timeoutMs: LONG_MS });
  await saveResult(client, jobId, fleet.file('result.m4a'));
  const answer = await fetch(`${fleet.apiUrl}/api/download?jobId=${jobId}&mode=url`);
  presignedUrl = String(((await answer.json()) as { url: unknown }).url);
  await until(
    'the previews are made',
    async () => (await client.jobs.get(jobId)).playback.result === 'preview',
  );
  return jobId;
}

async function failedJob(): Promise<string> {
  const { fileId } = await uploadFile(client, fleet.file('cut.m4a'));
  const { jobId } = await client.jobs.submit({ fileId, format: 'mp3' });
  await client.jobs.waitForEnd(jobId, { timeoutMs: LONG_MS });
  return jobId;
}

async function converting(jobId: string): Promise<void> {
  for await (const { step, progress } of client.progress.events(jobId))
    if (step === 'convert' && progress > 10.5) return;
}

async function cancelledJob(): Promise<string> {
  const { jobId } = await client.jobs.submit({ fileId: files.long, format: 'mp3' });
  await converting(jobId);
  await client.jobs.remove(jobId);
  return jobId;
}

/** Handed over by SIGTERM, then taken from a killed worker by the one that starts in its place, then cancelled. */
async function movedJob(): Promise<string> {
  const { jobId } = await client.jobs.submit({ fileId: files.long, format: 'opus' });
  const attempt = (wanted: number) =>
    until(`attempt ${wanted}`, async () => (await client.jobs.get(jobId)).attempt === wanted, LONG_MS);
  await attempt(1);
  // Before the next one is started: on a busy machine that takes longer than the conversion.
  await fleet.workers[0]?.stop();
  const second = await fleet.addWorker();
  await attempt(2);
  await until('it has files', async () => (await fleet.workFiles(1)).length > 0, LONG_MS);
  await second.stop('SIGKILL');
  await fleet.addWorker({}, 1);
  await attempt(3);
  await client.jobs.remove(jobId);
  await until('nothing is left', async () => (await fleet.workFiles(1)).length === 0, LONG_MS);
  return jobId;
}

const of = (jobId: string, level?: CheckedLine['level']) =>
  lines.filter((line) => line.jobId === jobId && (level === undefined || line.level === level));
const eventsOf = (jobId: string, level: CheckedLine['level']) => of(jobId, level).map(({ event }) => event);
const one = (event: CheckedLine['event'], jobId: string) =>
  lines.find((line) => line.event === event && line.jobId === jobId);

test('every line is JSON, of the table, with exactly its fields, and no key stands in one twice', () => {
  expect(problems).toEqual([]);
  expect(lines.length).toBeGreaterThan(300);
  const services = new Set(lines.map(({ service, instance }) => `${service} ${instance}`));
  expect(services).toEqual(new Set(['api api', 'worker worker-0', 'worker worker-1']));
});

test('no presigned URL, no credential, no key of a client and nothing that a user wrote is in it', () => {
  const all = texts.join('\n');
  const signature = new URL(presignedUrl).searchParams.get('X-Amz-Signature') ?? expect.fail();
  for (const secret of [
    USER_TEXT,
    IDEMPOTENCY_KEY,
    signature,
    'X-Amz-Signature',
    'Signature=',
    'authorization',
  ])
    expect(all).not.toContain(secret);
});

test('at info a job is a story: made, claimed, converted, stored, told, fetched, deleted', () => {
  const story = lines.filter(
    ({ level, jobId, fileId }) => level === 'info' && (jobId === jobs.completed || fileId === files.short),
  );
  const told = (service: string) =>
    story.filter((line) => line.service === service).map(({ event }) => event);
  expect(told('api')).toEqual([
    'upload.begun',
    'upload.stored',
    'request',
    'job.created',
    'job.dispatched',
    'request',
    'request',
    'download.ended',
    'download.addressed',
    'request',
    'upload.removed',
    'job.freed',
    'job.deleted',
    'request',
  ]);
  // The news that it has begun goes out beside the work.
  expect(told('worker').filter((event) => event !== 'job.announced')).toEqual([
    'job.claimed',
    'job.downloaded',
    'ffmpeg.started',
    'ffmpeg.ended',
    'job.stored',
    'job.completed',
    'ffmpeg.started',
    'ffmpeg.ended',
    'job.previews-stored',
    'message.deleted',
  ]);
  const sent = story.filter(({ event }) => event === 'job.announced').flatMap(({ eventIds }) => eventIds);
  expect(sent).toEqual([`${jobs.completed}:1:started`, `${jobs.completed}:completed`]);
});

test.each(['completed', 'failed', 'cancelled', 'dropped', 'moved'] as const)(
  'a %s job has at most thirty lines at info and above',
  (sort) => {
    const told = of(jobs[sort]).filter(({ level }) => level !== 'debug');
    expect(told.length).toBeGreaterThan(5);
    expect(told.length).toBeLessThanOrEqual(30);
  },
);

test('FFmpeg’s start names command, input and process, and its end exit code, stderr and seconds', () => {
  expect(one('ffmpeg.started', jobs.completed)).toMatchObject({
    attempt: 1,
    // Its own build, where there is one, by its path.
    program: expect.stringMatching(/(^|\/)ffmpeg$/),
    args: expect.arrayContaining(['-i', 'file:in', 'alac']),
    pid: expect.any(Number),
    input: { codec: 'flac', durationSeconds: 3, sampleRate: 44_100, channels: 2 },
  });
  expect(one('ffmpeg.ended', jobs.completed)).toMatchObject({ exitCode: 0, stderrTail: '' });
  const percents = lines
    .filter(({ event, jobId }) => event === 'ffmpeg.progress' && jobId === jobs.cancelled)
    .map(({ percent }) => Number(percent));
  expect(percents.length).toBeGreaterThan(1);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(one('ffmpeg.ended', jobs.cancelled)).toMatchObject({ killedFor: 'abort' });
});

test('a failed job says its code and status, and FFmpeg’s own words are at debug', () => {
  expect(one('job.failed', jobs.failed)).toMatchObject({ code: 'CORRUPT_INPUT', status: 422, attempt: 1 });
  const stderr = lines.filter(({ event, jobId }) => event === 'ffmpeg.stderr' && jobId === jobs.failed);
  expect(stderr.map(({ text }) => text).join('')).toContain('moov atom not found');
});

test('a claim says whether somebody had the job before, and who never gave it back', () => {
  const claims = of(jobs.moved).filter(({ event }) => event === 'job.claimed');
  expect(claims).toMatchObject([
    { attempt: 1, reclaimed: false, instance: 'worker-0' },
    { attempt: 2, reclaimed: true, instance: 'worker-1' },
    { attempt: 3, reclaimed: true, reclaimedFrom: expect.stringMatching(/^worker-1\//), crashes: 1 },
  ]);
  expect(claims[1]).not.toHaveProperty('reclaimedFrom');
});

test('a restart tells which jobs its predecessor left, and a drain which it finishes and which it hands back', () => {
  expect(lines.filter(({ event }) => event === 'worker.leftovers')).toMatchObject([
    { instance: 'worker-1', folders: 1, jobIds: [jobs.moved] },
  ]);
  expect(lines.find(({ event }) => event === 'worker.draining')).toMatchObject({
    instance: 'worker-0',
    running: 1,
    finishing: [],
    handedBack: [jobs.moved],
  });
  expect(eventsOf(jobs.moved, 'info')).toContain('job.handed-back');
});

/** Calls that leave something changed for others; heartbeats, progress and reminders change what nobody else reads. */
const tellingCalls = /^(Put|Delete|CompleteMultipart|AbortMultipart|CreateMultipart)|^SendMessage$/;

test('every call to AWS that put, deleted or sent something is told at info by its key, item, queue or bus', () => {
  const told = texts.filter((text) => text.includes('"level":"info"')).join('\n');
  const calls = lines.filter(
    ({ event, operation, table }) =>
      event === 'aws.call' && tellingCalls.test(String(operation)) && table !== fleet.env.PROGRESS_TABLE,
  );
  expect(calls.length).toBeGreaterThan(20);
  for (const { key, keys, item, queue, bus } of calls) {
    // A duty is renewed every few seconds; who has it is said when that changes (`sweep.taken-on`).
    if (JSON.stringify(item)?.includes('"duty:')) continue;
    const names = [key, keys, Object.values(item ?? {}), queue, bus]
      .flat()
      .filter((name) => name !== undefined);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(told).toContain(`"${name}"`);
  }
});

test('a call made for a job carries its id, and every DynamoDB call says table and item, items or index', () => {
  const calls = lines.filter(({ event }) => event === 'aws.call');
  const stored = calls.find(
    ({ key, operation }) => operation === 'PutObject' && key === `conversions/${jobs.completed}/1.m4a`,
  );
  expect(stored).toMatchObject({ service: 'worker', jobId: jobs.completed, attempt: 1, status: 200 });
  const ofDynamo = calls.filter(({ aws, operation }) => aws === 'dynamodb' && operation !== 'DescribeTable');
  expect(ofDynamo.length).toBeGreaterThan(20);
  for (const { table, item, keys, index } of ofDynamo) {
    expect(table).toMatch(/\w/);
    expect(item ?? keys ?? index).toBeDefined();
  }
});

test('Redis is told: when it answers, and each command with its keys', () => {
  expect(lines.filter(({ event }) => event === 'redis.up').length).toBeGreaterThanOrEqual(3);
  const commands = lines.filter(({ event }) => event === 'redis.call');
  const evals = commands.filter(({ operation, outcome }) => operation === 'eval' && outcome === 'ok');
  // Who cancels a job is at no job: what a worker says of one names it.
  const ofJobs = evals.filter(({ jobId }) => jobId !== undefined).map(({ keys }) => keys);
  expect(ofJobs).toContainEqual([expect.stringMatching(/^progress:/)]);
  expect(evals.map(({ keys }) => keys)).toContainEqual(['{turns}:owners', '{turns}:jobs', '{turns}:waiting']);
});
