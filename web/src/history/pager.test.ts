/** The history, page by page. */
import { noAnswer } from '@wavefleet/client/problem.ts';
import { job } from '@wavefleet/client/samples.testing.ts';
import { expect, test } from 'vitest';
import { Pager, type PagerDeps } from './pager.ts';

/** A history of numbered jobs, newest first; every third has failed. */
function stand(count: number) {
  const server = { ids: Array.from({ length: count }, (_, i) => i), down: false, asked: [] as unknown[] };
  const list: PagerDeps['list'] = async (query) => {
    server.asked.push(query);
    if (server.down) throw noAnswer();
    const from = Number(query.cursor ?? 0);
    const fitting = server.ids.filter((id) => query.status !== 'failed' || id % 3 === 0);
    const jobs = fitting.slice(from, from + query.limit).map((id) => job({ jobId: `job-${id}` }));
    const next = from + query.limit;
    return { jobs, nextCursor: next < fitting.length ? String(next) : null };
  };
  const taken = new Set<string>();
  const pager = new Pager({ list, take: (views) => views.forEach(({ jobId }) => void taken.add(jobId)) });
  return { pager, server, taken };
}

test('page after page, without gaps or repeats', async () => {
  const { pager, taken } = stand(50);
  await pager.refresh();
  await pager.more();
  await pager.more();
  await pager.more();
  expect(pager.state.value.ids).toEqual(Array.from({ length: 50 }, (_, i) => `job-${i}`));
  expect(pager.state.value.nextCursor).toBeNull();
  expect(taken.size).toBe(50);
});

test('a refresh keeps what is open, shows what is new and drops what is gone', async () => {
  const { pager, server } = stand(50);
  await pager.refresh();
  await pager.more();
  server.ids = [99, ...server.ids.filter((id) => id !== 3)];
  await pager.refresh();
  expect(pager.state.value.ids).toHaveLength(40);
  expect(pager.state.value.ids?.slice(0, 5)).toEqual(['job-99', 'job-0', 'job-1', 'job-2', 'job-4']);
});

test('an answer to an old filter is not shown under the new one', async () => {
  const { pager } = stand(50);
  const old = pager.refresh();
  await pager.filter({ status: 'failed' });
  await old;
  expect(pager.state.value.ids?.slice(0, 3)).toEqual(['job-0', 'job-3', 'job-6']);
});

test('says what went wrong, and forgets it when it works again', async () => {
  const { pager, server } = stand(3);
  server.down = true;
  await pager.refresh();
  expect(pager.state.value.problem).toContain('did not answer');
  server.down = false;
  await pager.refresh();
  expect(pager.state.value.problem).toBeUndefined();
  pager.forget('job-1');
  expect(pager.state.value.ids).toEqual(['job-0', 'job-2']);
});

test('parts of a long history without a fitting job are passed over, so many at a time', async () => {
  const asked: unknown[] = [];
  const list: PagerDeps['list'] = async ({ cursor = '0' }) => {
    asked.push(cursor);
    const jobs = cursor === '12' ? [job({ jobId: 'job-12' })] : [];
    return { jobs, nextCursor: cursor === '12' ? null : String(Number(cursor) + 1) };
  };
  const pager = new Pager({ list, take: () => undefined });
  await pager.filter({ status: 'failed' });
  expect(pager.state.value).toMatchObject({ ids: [], nextCursor: '10' });
  await pager.more();
  expect(pager.state.value).toMatchObject({ ids: ['job-12'], nextCursor: null });
  expect(asked).toHaveLength(13);
});
