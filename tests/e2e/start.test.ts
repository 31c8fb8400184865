/** `npm start` as its users have it: Ctrl-C, a second start, a port that is taken; what ends beneath it, and a copy of its data. */
import { spawn } from 'node:child_process';
import { cp, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { localSettingsFile, readSettings } from '@wavefleet/platform/local-settings.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ctrlC, npmStart, processOf, type Started, saysWhere } from '../bring-up/npm-start.ts';
import { ffmpegsIn } from '../bring-up/observers.ts';

let dir: string;
let running: Started | undefined;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-start-'));
});
afterAll(async () => {
  running?.process.kill('SIGTERM');
  await running?.ended;
  await rm(dir, { recursive: true, force: true });
});

/** On a free port. */
const start = () => npmStart(join(dir, 'data'));

test('started, stopped by Ctrl-C in mid-work, started again: jobs, files and unfinished work are still there', async () => {
  running = await start();
  const { client } = running;
  expect((await fetch(`${client.baseUrl}/api/health`)).status).toBe(200);
  const short = join(dir, 'short.wav');
  await makeSample(short, { seconds: 1 });
  const long = join(dir, 'long.flac');
  await makeSample(long, { seconds: 150, codec: ['-sample_fmt', 's16'] });
  const done = await client.jobs.submit({ fileId: (await uploadFile(client, short)).fileId, format: 'mp3' });
  await client.jobs.waitForEnd(done.jobId);
  const { fileId } = await uploadFile(client, long);
  // On two cores the long ones are at work and the short ones wait.
  const jobs = [
    await client.jobs.submit({ fileId, format: 'mp3' }),
    await client.jobs.submit({ fileId, format: 'm4a' }),
    await client.jobs.submit({ fileId, format: 'opus', options: { trimEnd: 5 } }),
    await client.jobs.submit({ fileId, format: 'ogg', options: { trimEnd: 5 } }),
  ];
  for await (const { step } of client.progress.events(jobs[0]?.jobId ?? '')) if (step === 'convert') break;
  ctrlC(running);
  expect(await running.ended).toBe(0);
  expect(running.output()).toContain('wavefleet: stopped');
  expect(await ffmpegsIn(dir)).toEqual([]);

  running = await start();
  expect(await running.client.jobs.get(done.jobId)).toMatchObject({ status: 'completed' });
  expect((await running.client.results.download(done.jobId)).status).toBe(200);
  for (const { jobId } of jobs)
    expect(await running.client.jobs.waitForEnd(jobId, { timeoutMs: 150_000 })).toMatchObject({
      status: 'completed',
    });
});

test('DATA_DIR and all that is in it is for its own user, the keys of the storage with it', async () => {
  const data = join(dir, 'data');
  const below = await readdir(data, { recursive: true });
  expect(below).toContain('settings.env');
  const open: string[] = [];
  for (const name of ['', ...below]) {
    // What workers have for a moment may be gone by now.
    const mode = (await lstat(join(data, name)).catch(() => undefined))?.mode ?? 0;
    if ((mode & 0o077) !== 0) open.push(`${name} ${(mode & 0o777).toString(8)}`);
  }
  expect(open).toEqual([]);
  const {
    AWS_ENDPOINT_URL: endpoint = '',
    AWS_ACCESS_KEY_ID: id,
    S3_BUCKET: bucket,
  } = await readSettings(localSettingsFile(data));
  expect(id).toMatch(/^LOCAL[0-9A-F]{16}$/);
  expect((await fetch(`${endpoint}/${bucket}?list-type=2`)).status).toBe(403);
});

/** What a start complains about that comes to nothing. */
async function refusedStart(env: Record<string, string>, args: readonly string[] = []): Promise<string> {
  const other = spawn('npm', ['start', '--silent', '--', ...args], {
    cwd: join(import.meta.dirname, '..', '..'),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  other.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  expect(await new Promise((resolve) => other.once('close', resolve))).toBe(1);
  return said;
}

test('a port that is taken is said in one plain line', async () => {
  const port = new URL(running?.client.baseUrl ?? expect.fail()).port;
  expect(await refusedStart({ PORT: port, DATA_DIR: join(dir, 'other') })).toContain(
    `wavefleet: port ${port} is taken; choose another one with PORT=…`,
  );
});

test('a second start on the same DATA_DIR says that a fleet runs there, and leaves it alone', async () => {
  const data = join(dir, 'data');
  expect(await refusedStart({ PORT: '0', DATA_DIR: data })).toBe(
    `wavefleet: A fleet already runs on DATA_DIR ${data}. Stop it, or choose another DATA_DIR and PORT.\n`,
  );
  expect((await running?.client.jobs.list())?.jobs).not.toEqual([]);
  expect(await readSettings(localSettingsFile(data))).toHaveProperty('AWS_ENDPOINT_URL');
});

test('after a SIGKILL it starts again at once', async () => {
  process.kill(-(running?.process.pid ?? 0), 'SIGKILL');
  await running?.ended;
  running = await start();
  expect((await running.client.jobs.list()).jobs).not.toEqual([]);
});

test('a sign-in needs a port that is known beforehand', async () => {
  expect(await refusedStart({ PORT: '0', DATA_DIR: join(dir, 'other') }, ['--auth'])).toBe(
    'wavefleet: PORT: expected a number from 1 with --auth: the provider sends browsers back to it\n',
  );
});

test('settings that are wrong are said all at once, and nothing else', async () => {
  const wrong = { PORT: '0', DATA_DIR: join(dir, 'other'), MAX_UPLOAD_BYTES: 'much', LOG_LEVEL: 'loud' };
  expect(await refusedStart(wrong)).toBe(
    [
      'wavefleet: The settings are not valid:',
      '  - LOG_LEVEL: expected trace, debug, info, warn, error or silent',
      '  - MAX_UPLOAD_BYTES: expected a whole number',
      '',
    ].join('\n'),
  );
});

test('SIGTERM to npm alone ends it as well', async () => {
  running?.process.kill('SIGTERM');
  expect(await running?.ended).toBe(0);
});

// One after the other with those above: two that start at once would both take the usual port of AWS.
describe('over months', () => {
  /** A third of production's: a job whose worker could not hand it over waits for them. */
  const clocks = { VISIBILITY_TIMEOUT_MS: '20000', LEASE_MS: '15000', HEARTBEAT_MS: '6000' };
  const data = () => join(dir, 'months');
  let box: Started;
  beforeAll(async () => {
    box = await npmStart(data(), clocks);
  });
  afterAll(async () => {
    box.process.kill('SIGTERM');
    await box.ended;
  });

  /** A job, and its upload. */
  async function submitted(seconds: number): Promise<{ jobId: string; fileId: string }> {
    const file = join(dir, `${seconds}.flac`);
    await makeSample(file, { seconds, codec: ['-sample_fmt', 's16'] });
    const { fileId } = await uploadFile(box.client, file);
    return { fileId, jobId: (await box.client.jobs.submit({ fileId, format: 'mp3' })).jobId };
  }

  test.each([
    ['the API', 'api/src/main.ts'],
    ['what stands in for AWS', 'embedded/main.ts'],
  ])(
    'SIGKILL of %s: all is there again by itself, at the same address, and the job at work is completed',
    async (_name, entry) => {
      const { client, output } = box;
      const before = await readSettings(localSettingsFile(data()));
      const times = output().split('starting again').length;
      const { jobId } = await submitted(60);
      for await (const { step } of client.progress.events(jobId)) if (step === 'convert') break;
      process.kill(await processOf(box, entry), 'SIGKILL');
      await saysWhere(output, times + 1);
      expect(output()).toContain('ended (SIGKILL): starting again…');
      const ended = await client.jobs.waitForEnd(jobId, { timeoutMs: 150_000 });
      expect(ended).toMatchObject({ status: 'completed' });
      const { REDIS_URL: _, ...after } = await readSettings(localSettingsFile(data()));
      expect(before).toMatchObject(after);
    },
  );

  test('a copy of DATA_DIR, made while nothing runs, is the same fleet in another folder at another port, also without logs, work and settings.env', async () => {
    const { jobId, fileId } = await submitted(1);
    await box.client.jobs.waitForEnd(jobId);
    const bytes = async () => await (await box.client.results.download(jobId)).bytes();
    const result = await bytes();
    box.process.kill('SIGTERM');
    await box.ended;
    const copy = join(dir, 'copy');
    await cp(data(), copy, { recursive: true });
    for (const name of ['logs', 'work', 'settings.env'])
      await rm(join(copy, name), { recursive: true, force: true });
    await rm(data(), { recursive: true });
    box = await npmStart(copy, clocks);
    expect(Buffer.compare(await bytes(), result)).toBe(0);
    const { jobId: next } = await box.client.jobs.submit({ fileId, format: 'flac' });
    expect(await box.client.jobs.waitForEnd(next)).toMatchObject({ status: 'completed' });
  });
});
