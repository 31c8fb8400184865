/** A process that breaks and is replaced at once: nothing but its end tells of it. */
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge } from './oracle/oracle.ts';
import { Rig } from './rig/rig.ts';

/** A promise is rejected and nobody listens, when the test says so. */
const planted = `process.on('SIGUSR2', () => void Promise.reject(new Error('planted')))`;

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start({ workers: 1 });
});
afterAll(() => rig?.stop());

test('killed on purpose a worker is none that broke; one that ends by a rejection is, though another one is there', async () => {
  await rig.kill('worker-0');
  await rig.heal();
  expect((await judge(rig, { jobs: [] }, performance.now())).shortfalls).toEqual([]);
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(planted)}` };
  const worker = await rig.fleet.addWorker(env);
  worker.process.kill('SIGUSR2');
  expect(await worker.ended).toBe(1);
  await until('it is replaced', () => rig.fleet.workers.every((each) => each.alive));
  await rig.heal();
  expect((await judge(rig, { jobs: [] }, performance.now())).shortfalls).toEqual([
    expect.stringMatching(/^\(h\) worker-1 ended \(1\): .*Node\.js v\d+/),
  ]);
});
