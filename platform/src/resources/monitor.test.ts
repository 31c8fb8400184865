/** Samples of this very process, with levels that it is sure to exceed or can be made to. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processSampleSchema } from '@wavefleet/contracts/system.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requiredSettings } from '../config.testing.ts';
import { loadConfig } from '../config.ts';
import { recordedLog } from '../log/recorded-log.testing.ts';
import { makePlatform, type Platform } from '../platform.ts';
import { gaugeOf } from './meter.ts';
import { ResourceMonitor, type Work } from './monitor.ts';

const JOB = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01';

let dir: string;
let platform: Platform;
let monitor: ResourceMonitor | undefined;
let told = recordedLog();

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-resources-'));
  told = recordedLog();
});
afterEach(async () => {
  await monitor?.stop();
  platform.close();
  await rm(dir, { recursive: true, force: true });
});

function watch(env: Record<string, string>, work: Work = { jobIds: [], slots: 1 }): ResourceMonitor {
  // Nothing of this machine but what a test is about.
  const config = loadConfig({
    ...requiredSettings,
    WORK_DIR: join(dir, 'not', 'there', 'yet'),
    FREE_DISK_WARN_BYTES: '0',
    FREE_DISK_REFUSE_BYTES: '0',
    FREE_MEMORY_WARN_BYTES: '0',
    FREE_MEMORY_REFUSE_BYTES: '0',
    EVENT_LOOP_WARN_MS: '600000',
    EVENT_LOOP_REFUSE_MS: '600000',
    CPU_WARN_PERCENT: '1000',
    RSS_WARN_BYTES: '1000000000000',
    ...env,
  });
  platform = makePlatform(config, told.log);
  monitor = new ResourceMonitor(platform, { service: 'worker', gauge: gaugeOf(process), work: () => work });
  return monitor;
}

/** What was said but for the samples themselves. */
const graded = () => told.said.filter(({ event }) => event.startsWith('resource.'));

/** Keeps the event loop from turning. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
const turn = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a sample holds everything, in its own unit', async () => {
  const sample = await watch({}, { jobIds: [JOB], slots: 2 }).sample();
  expect(processSampleSchema.parse(sample)).toEqual(sample);
  expect(sample).toMatchObject({
    service: 'worker',
    high: [],
    exhausted: [],
    breakers: { s3: 'closed', sqs: 'closed', dynamodb: 'closed', eventbridge: 'closed' },
    jobIds: [JOB],
    slots: 2,
  });
  expect(sample.rssBytes).toBeGreaterThan(10_000_000);
  expect(sample.freeDiskBytes).toBeGreaterThan(0);
  expect(sample.freeMemoryBytes).toBeGreaterThan(0);
  expect(graded()).toEqual([]);
});

test('processor time is told in percent of one core', async () => {
  const watched = watch({});
  await watched.sample();
  const startedAt = { wall: performance.now(), cpu: gaugeOf(process).cpuMs() };
  block(300);
  const { cpuPercent } = await watched.sample();
  const share = (gaugeOf(process).cpuMs() - startedAt.cpu) / (performance.now() - startedAt.wall);
  expect(Math.abs(cpuPercent - 100 * share)).toBeLessThan(25);
});

test('an excess is told once, with the jobs at work, however long it lasts', async () => {
  const watched = watch({ RSS_WARN_BYTES: '1' }, { jobIds: [JOB], slots: 1 });
  for (let sample = 0; sample < 3; sample += 1) await watched.sample();
  expect(graded()).toMatchObject([{ event: 'resource.high', fields: { resource: 'rss', jobIds: [JOB] } }]);
  expect(watched.latest.high).toEqual(['rss']);
  expect(watched.exhausted).toEqual([]);
});

test('a blocked event loop holds up who wants to take something in, until it turns again', async () => {
  const watched = watch({ EVENT_LOOP_WARN_MS: '100', EVENT_LOOP_REFUSE_MS: '200' });
  await watched.sample();
  await watched.untilWell(AbortSignal.timeout(10));
  await turn(50);
  block(600);
  await turn(50);
  await watched.sample();
  expect(watched.latest).toMatchObject({ high: ['eventLoop'], exhausted: ['eventLoop'] });
  await expect(watched.untilWell(AbortSignal.timeout(10))).rejects.toMatchObject({ name: 'AbortError' });

  const well = watched.untilWell(AbortSignal.timeout(50_000));
  // A busy machine may be late by itself now and then: the first quiet sample ends it.
  while (watched.latest.high.length !== 0) {
    await turn(100);
    await watched.sample();
  }
  await well;
  const steps = graded().map(({ event }) => event);
  expect(steps[0]).toBe('resource.exhausted');
  expect(['resource.well', 'resource.relieved']).toContain(steps.at(-1));
});
