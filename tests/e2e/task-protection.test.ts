/** Scale-in protection while jobs run, as ECS sees it. */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { AgentEmulator } from '@wavefleet/worker/upkeep/task-protection.testing.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

const on = { ProtectionEnabled: true, ExpiresInMinutes: 10 };
const off = { ProtectionEnabled: false };

let agent: AgentEmulator;
let stand: Stand;
let fileId: string;
/** Set: the next job that is about to convert says so, and waits. */
let gate: { reached: () => void; opened: Promise<void> } | undefined;

beforeAll(async () => {
  agent = await AgentEmulator.start();
  stand = await Stand.start({
    async onStage(stage) {
      if (stage !== 'convert' || gate === undefined) return;
      gate.reached();
      await gate.opened;
    },
  });
  const path = join(stand.dir, 'in.flac');
  await makeSample(path, { seconds: 5 });
  ({ fileId } = await uploadFile(stand.client, path));
});
afterEach(() => {
  gate = undefined;
});
afterAll(async () => {
  await stand?.stop();
  await agent?.stop();
});

/** Submits a job and answers once a worker holds it right before its conversion. */
async function heldJob(): Promise<{ jobId: string; open: () => void }> {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  gate = { reached: reached.resolve, opened: opened.promise };
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3' });
  await reached.promise;
  return { jobId, open: opened.resolve };
}

test('the agent is told while a job runs and after it, not before; a drain tells it at once', async () => {
  const worker = await stand.addWorker({ ECS_AGENT_URI: agent.uri });
  expect(agent.calls).toEqual([]);

  const first = await heldJob();
  await agent.called(1);
  expect(agent.calls).toEqual([on]);
  first.open();
  expect(await stand.client.jobs.waitForEnd(first.jobId)).toMatchObject({ status: 'completed', attempt: 1 });
  await agent.called(2);
  expect(agent.calls).toEqual([on, off]);

  const second = await heldJob();
  await agent.called(3);
  const stopped = worker.stop();
  await agent.called(4);
  expect(agent.calls).toEqual([on, off, on, off]);
  gate = undefined;
  second.open();
  await stopped;
  // Finished within the drain or handed over, whichever the worker judged right.
  await stand.addWorker();
  expect(await stand.client.jobs.waitForEnd(second.jobId)).toMatchObject({ status: 'completed' });
});

test('an agent that never answers delays no job and fails none', async () => {
  agent.mode = 'hang';
  const before = agent.calls.length;
  const worker = await stand.addWorker({ ECS_AGENT_URI: agent.uri });
  const jobs = [];
  // More than one, so that this worker gets one although another is listening.
  for (let job = 0; job < 6; job += 1)
    jobs.push(await stand.client.jobs.submit({ fileId, format: 'flac', options: { trimEnd: 1 } }));
  for (const { jobId } of jobs)
    expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({ status: 'completed', attempt: 1 });
  await until('the worker has asked its agent', () => agent.calls.length > before);
  await worker.stop();
});
