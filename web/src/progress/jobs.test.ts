/** The jobs that the page knows, and what it asks of the server about them. */
import { noAnswer, Problem } from '@wavefleet/client/problem.ts';
import { job, view } from '@wavefleet/client/samples.testing.ts';
import type { JobView } from '@wavefleet/contracts/http.ts';
import type { ProgressView } from '@wavefleet/contracts/progress.ts';
import { expect, test, vi } from 'vitest';
import { Jobs } from './jobs.ts';

/** A busy machine may take seconds for anything. */
const SOON_MS = 30_000;

const later = '2026-01-01T00:00:09.000Z';

/** A server whose list and jobs the test sets; streams stay open until it sends. */
function stand(list: JobView[] = []) {
  const server = {
    list,
    down: false,
    jobs: new Map(list.map((each) => [each.jobId, each])),
    /** Its list answers no sooner. */
    held: Promise.resolve(),
  };
  const streams = new Map<string, (view: ProgressView) => void>();
  const asked: number[] = [];
  const jobs = new Jobs({
    openStream: (jobId, onView) => {
      streams.set(jobId, onView);
      return () => streams.delete(jobId);
    },
    poll: () => new Promise(() => {}),
    sleep: () => new Promise(() => {}),
    list: async ({ limit, cursor = '0' }) => {
      if (server.down) throw noAnswer();
      asked.push(limit);
      await server.held;
      const next = Number(cursor) + limit;
      return {
        jobs: server.list.slice(Number(cursor), next),
        nextCursor: next < server.list.length ? String(next) : null,
      };
    },
    get: async (jobId) => {
      const found = server.jobs.get(jobId);
      if (found === undefined) throw new Problem('JOB_NOT_FOUND', 'There is no such job.', { status: 404 });
      return found;
    },
    remove: async (jobId) => {
      const found = server.jobs.get(jobId);
      if (server.down) throw noAnswer();
      if (found === undefined) throw new Problem('JOB_NOT_FOUND', 'There is no such job.', { status: 404 });
      server.jobs.set(jobId, { ...found, status: 'cancelled', updatedAt: later });
    },
  });
  const ended: string[] = [];
  jobs.onEnded = ({ jobId, status }) => ended.push(`${jobId} ${status}`);
  return { jobs, server, streams, ended, asked };
}

test('follows what is active, shows where it is, and tells its end once', async () => {
  const { jobs, server, streams, ended } = stand([
    job({ jobId: 'a' }),
    job({ jobId: 'b', status: 'completed' }),
  ]);
  jobs.watch();
  await vi.waitFor(() => expect([...streams.keys()]).toEqual(['a']), SOON_MS);
  streams.get('a')?.(view({ jobId: 'a', progress: 40 }));
  expect(jobs.all.value.get('a')).toMatchObject({
    view: { status: 'processing' },
    following: { state: 'live' },
  });
  server.jobs.set('a', job({ jobId: 'a', status: 'completed', updatedAt: later }));
  streams.get('a')?.(view({ jobId: 'a', status: 'completed', progress: 100, step: 'done' }));
  await vi.waitFor(() => expect(ended).toEqual(['a completed']), SOON_MS);
  await jobs.look();
  expect(ended).toEqual(['a completed']);
  expect(jobs.all.value.get('a')?.view.status).toBe('completed');
  jobs.rest();
});

test('a list that lags behind takes nothing back, and what was deleted stays away', async () => {
  const { jobs } = stand([job({ jobId: 'a' }), job({ jobId: 'b', status: 'failed' })]);
  jobs.take([job({ jobId: 'a', status: 'completed', updatedAt: later })]);
  await jobs.delete('b');
  await jobs.look();
  expect(jobs.all.value.get('a')?.view.status).toBe('completed');
  expect(jobs.all.value.has('b')).toBe(false);
});

test('a cancelled job is shown as the server has it, and its end is told', async () => {
  const { jobs, ended } = stand([job({ jobId: 'a', status: 'processing' })]);
  await jobs.look();
  await jobs.cancel('a');
  expect(jobs.all.value.get('a')?.view.status).toBe('cancelled');
  expect(ended).toEqual(['a cancelled']);
});

test('a job that was deleted elsewhere is deleted; without an answer it stays', async () => {
  const { jobs, server } = stand([
    job({ jobId: 'a', status: 'failed' }),
    job({ jobId: 'b', status: 'failed' }),
  ]);
  await jobs.look();
  server.jobs.delete('a');
  await jobs.delete('a');
  server.down = true;
  await expect(jobs.delete('b')).rejects.toMatchObject({ code: 'NETWORK' });
  expect([...jobs.all.value.keys()]).toEqual(['b']);
});

test('says when the server does not answer, and when it does again', async () => {
  const { jobs, server } = stand([]);
  server.down = true;
  await jobs.look();
  expect(jobs.trouble.value?.code).toBe('NETWORK');
  server.down = false;
  await jobs.look();
  expect(jobs.trouble.value).toBeUndefined();
});

test('an older answer that comes late does not hide what is wrong by now', async () => {
  const { jobs, server } = stand([]);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.held = promise;
  const older = jobs.look();
  server.down = true;
  await jobs.look();
  resolve();
  await older;
  expect(jobs.trouble.value?.code).toBe('NETWORK');
});

test('a page that nobody looks at holds no connection', async () => {
  const { jobs, streams } = stand([job({ jobId: 'a' })]);
  jobs.watch();
  await vi.waitFor(() => expect(streams.size).toBe(1), SOON_MS);
  jobs.rest();
  await vi.waitFor(() => expect(streams.size).toBe(0), SOON_MS);
});

test('of many active jobs eight are followed, those that run first', async () => {
  const waiting = Array.from({ length: 12 }, (_, i) => job({ jobId: `w${String(i).padStart(2, '0')}` }));
  const { jobs, streams } = stand([...waiting, job({ jobId: 'runs', status: 'processing' })]);
  jobs.watch();
  await vi.waitFor(() => expect(streams.size).toBe(8), SOON_MS);
  expect(streams.has('runs')).toBe(true);
  jobs.rest();
});

test('a job that is gone is told from a server that is', async () => {
  const { jobs } = stand([]);
  expect(await jobs.load('nowhere')).toBe(false);
});

test('a job that was lost sight of while the server was away is followed again when the list comes', async () => {
  const listed = [job({ jobId: 'a' })];
  let down = true;
  const jobs = new Jobs({
    openStream: () => undefined,
    poll: async () => {
      if (down) throw noAnswer();
      return view({ jobId: 'a', progress: 40 });
    },
    // Pauses between tries last a moment, and the one after a good answer for ever.
    sleep: () => (down ? Promise.resolve() : new Promise(() => {})),
    list: async () => ({ jobs: listed, nextCursor: null }),
    get: async () => job({ jobId: 'a' }),
    remove: async () => {},
  });
  const state = () => jobs.all.value.get('a')?.following?.state;
  jobs.take(listed);
  jobs.watch();
  await vi.waitFor(() => expect(state()).toBe('lost'), SOON_MS);
  down = false;
  await jobs.look();
  await vi.waitFor(() => expect(state()).toBe('polling'), SOON_MS);
  await vi.waitFor(() => expect(jobs.all.value.get('a')?.following?.view?.progress).toBe(40), SOON_MS);
  jobs.rest();
});

test('a job that the server did not tell of when it was asked, and that no list holds, is asked for again', async () => {
  const { jobs, server } = stand();
  const { get } = server.jobs;
  server.jobs.get = () => {
    throw noAnswer();
  };
  server.jobs.set('old', job({ jobId: 'old' }));
  expect(await jobs.load('old')).toBe(true);
  expect(await jobs.load('gone')).toBe(true);
  expect(jobs.all.value.size).toBe(0);
  server.jobs.get = get;
  await jobs.look();
  await vi.waitFor(() => expect([...jobs.all.value.keys()]).toEqual(['old']), SOON_MS);
  expect(await jobs.load('gone')).toBe(false);
});

test('hundreds of jobs of before are asked for by the hundred, and no further than they reach', async () => {
  const { jobs, asked } = stand(Array.from({ length: 450 }, (_, i) => job({ jobId: `${i}` })));
  await jobs.lookBack(220);
  expect(asked).toEqual([100, 100, 100]);
  expect(jobs.all.value.size).toBe(300);
  await jobs.lookBack(1_000);
  expect(jobs.all.value.size).toBe(450);
});
