/** Progress as server-sent events: through Redis, without Redis, over reconnects, to the end. */
import type { ProgressReport, ProgressView } from '@wavefleet/contracts/progress.ts';
import { progressViewSchema } from '@wavefleet/contracts/progress.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

let api: Stand;
beforeAll(async () => {
  api = await Stand.start();
});
afterAll(() => api.stop());

interface SeenEvent {
  readonly id: string;
  readonly view: ProgressView;
}

/** Reads a stream in the background. */
class Reader {
  readonly events: SeenEvent[] = [];
  readonly ended: Promise<void>;
  readonly #abort = new AbortController();
  status = 0;

  constructor(jobId: string, lastEventId?: string) {
    this.ended = this.#read(jobId, lastEventId);
  }

  get percents(): number[] {
    return this.events.map(({ view }) => view.progress);
  }

  get last(): SeenEvent | undefined {
    return this.events.at(-1);
  }

  drop(): void {
    this.#abort.abort();
  }

  async #read(jobId: string, lastEventId?: string): Promise<void> {
    const response = await api.request(`/api/jobs/${jobId}/events`, {
      signal: this.#abort.signal,
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    });
    this.status = response.status;
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#keep(block);
    }
  }

  #keep(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    if (field('event') !== 'progress') return;
    const view = progressViewSchema.parse(JSON.parse(field('data') ?? ''));
    this.events.push({ id: field('id') ?? '', view });
  }
}

function report(jobId: string, percent: number, more: Partial<ProgressReport> = {}): ProgressReport {
  return {
    jobId,
    attempt: 1,
    percent,
    stage: 'convert',
    currentTime: percent,
    totalDuration: 100,
    uploadedSize: null,
    totalSize: null,
    speed: 10,
    estimatedTimeRemaining: 5,
    updatedAt: new Date().toISOString(),
    ...more,
  };
}

const shows = (reader: Reader, percent: number) =>
  until(`${percent} is shown`, () => reader.last?.view.progress === percent);

test('a snapshot, every change, and the end with the record', async () => {
  const jobId = await api.byHand.job();
  const reader = new Reader(jobId);
  await shows(reader, 0);
  const claim = await api.byHand.claim(jobId);
  for (const percent of [10, 20.5, 60]) {
    await api.platform.progress.write(report(jobId, percent));
    await shows(reader, percent);
  }
  await api.platform.progress.ended(await api.byHand.complete(claim, Buffer.from('result')));
  await reader.ended;
  expect(reader.last?.view).toMatchObject({
    ...{ status: 'completed', progress: 100, stage: 'completed', step: 'done', phase: 3 },
  });
  expect(reader.percents).toEqual([...reader.percents].sort((a, b) => a - b));
  expect(new Set(reader.events.map(({ id }) => id)).size).toBe(reader.events.length);
});

test('ends at once when the job is cancelled', async () => {
  const jobId = await api.byHand.job();
  const reader = new Reader(jobId);
  await shows(reader, 0);
  await api.request(`/api/jobs/${jobId}`, { method: 'DELETE' });
  await reader.ended;
  expect(reader.last?.view).toMatchObject({ status: 'cancelled', progress: -1 });
});

test('a finished job is one event, and a reader that has it is told not to come back', async () => {
  const jobId = await api.byHand.job();
  await api.byHand.fail(await api.byHand.claim(jobId));
  const reader = new Reader(jobId);
  await reader.ended;
  expect(reader.events).toHaveLength(1);
  expect(reader.last?.view).toMatchObject({
    status: 'failed',
    error: 'Damaged.',
    errorCode: 'CORRUPT_INPUT',
  });
  const again = new Reader(jobId, reader.last?.id);
  await again.ended;
  expect(again.status).toBe(204);
});

test('a reconnect neither repeats nor falls back', async () => {
  const jobId = await api.byHand.job();
  const claim = await api.byHand.claim(jobId);
  await api.platform.progress.write(report(jobId, 50));
  const first = new Reader(jobId);
  await shows(first, 50);
  const seen = first.last?.id;
  first.drop();
  await first.ended.catch(() => undefined);

  const second = new Reader(jobId, seen);
  await api.platform.progress.write(report(jobId, 51));
  await shows(second, 51);
  expect(second.percents).toEqual([51]);

  // As from another process that knows less than this reader.
  const ahead = new Reader(jobId, `1-1-800-${Date.now()}`);
  await api.platform.progress.write(report(jobId, 85));
  await shows(ahead, 85);
  expect(ahead.percents).toEqual([85]);
  await api.byHand.complete(claim, Buffer.from('result'));
  await Promise.all([second.ended, ahead.ended]);
  expect(ahead.last?.view.progress).toBe(100);
});

test('without Redis the record and the table are looked at every second, and the percent never falls', async () => {
  const jobId = await api.byHand.job();
  const claim = await api.byHand.claim(jobId);
  await api.platform.progress.persist(report(jobId, 30));
  await api.platform.progress.write(report(jobId, 60));
  const reader = new Reader(jobId);
  await shows(reader, 60);
  // What was in Redis is lost; the table is behind it.
  await api.platform.redis?.cache.flushall();
  await api.platform.progress.persist(report(jobId, 70));
  await shows(reader, 70);
  const poll = await (await api.request(`/api/progress?jobId=${jobId}`)).json();
  expect(progressViewSchema.parse(poll).progress).toBe(70);
  // Nobody says that it has ended.
  await api.byHand.complete(claim, Buffer.from('result'));
  await reader.ended;
  expect(reader.percents).toEqual([...reader.percents].sort((a, b) => a - b));
  expect(reader.last?.view.progress).toBe(100);
});

test('ten readers see their own jobs only', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, () => api.byHand.job()));
  const claims = await Promise.all(ids.map((id) => api.byHand.claim(id)));
  const readers = ids.map((id) => new Reader(id));
  await Promise.all(readers.map((reader) => until('a snapshot', () => reader.events.length > 0)));
  await Promise.all(ids.map((id, i) => api.platform.progress.write(report(id, i + 1))));
  await Promise.all(readers.map((reader, i) => shows(reader, i + 1)));
  const done = await Promise.all(claims.map((claim) => api.byHand.complete(claim, Buffer.from('result'))));
  await Promise.all(done.map((job) => api.platform.progress.ended(job)));
  await Promise.all(readers.map((reader) => reader.ended));
  for (const [i, reader] of readers.entries()) {
    expect(new Set(reader.events.map(({ view }) => view.jobId))).toEqual(new Set([ids[i]]));
  }
});

test('a closing server ends its streams in order', async () => {
  const reader = new Reader(await api.byHand.job());
  await shows(reader, 0);
  await api.closeServer();
  await reader.ended;
  expect(reader.events).toHaveLength(1);
});
