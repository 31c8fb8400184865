/** Scale-in protection: few calls, and none that a job waits for. */
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AgentEmulator, type AgentMode } from './task-protection.testing.ts';
import { type ProtectionClocks, TaskProtection } from './task-protection.ts';

/** Nothing happens by itself within a test, unless the test shortens that one clock. */
const slowClocks: ProtectionClocks = {
  expiresInMinutes: 10,
  renewMs: 60_000,
  lingerMs: 60_000,
  retryMs: 60_000,
  timeoutMs: 10_000,
  longestMs: 600_000,
  pauseMs: 60_000,
  blockedPauseMs: 60_000,
};
const on = { ProtectionEnabled: true, ExpiresInMinutes: 10 };
const off = { ProtectionEnabled: false };

let agent: AgentEmulator;
let protection: TaskProtection;

beforeEach(async () => {
  agent = await AgentEmulator.start();
});
afterEach(async () => {
  await protection.close();
  await agent.stop();
});

function start(clocks: Partial<ProtectionClocks> = {}, uri: string | undefined = agent.uri) {
  const { log, said } = recordedLog();
  protection = new TaskProtection(uri, log, { ...slowClocks, ...clocks });
  /** What it complained of so that people hear it. */
  const complaints = () =>
    said.filter(({ event }) => event === 'protection.failed').map(({ fields }) => fields);
  return { complaints };
}

test('overlapping jobs: one call at the first, one after the last', async () => {
  start({ lingerMs: 0 });
  const endFirst = protection.hold();
  await agent.called(1);
  const endSecond = protection.hold();
  endFirst();
  const endThird = protection.hold();
  endSecond();
  for (let trip = 0; trip < 10; trip += 1) await agent.roundTrip();
  expect(agent.calls).toEqual([on]);
  endThird();
  await agent.called(2);
  await protection.close();
  expect(agent.calls).toEqual([on, off]);
});

test('a worker that goes from job to job stays protected in between', async () => {
  start();
  for (let job = 0; job < 10; job += 1) {
    const end = protection.hold();
    await agent.roundTrip();
    end();
    await agent.roundTrip();
  }
  expect(agent.calls).toEqual([on]);
  await protection.close();
  expect(agent.calls).toEqual([on, off]);
});

test('ending a job twice counts once', async () => {
  start({ lingerMs: 0 });
  const endFirst = protection.hold();
  protection.hold();
  endFirst();
  endFirst();
  await agent.called(1);
  for (let trip = 0; trip < 10; trip += 1) await agent.roundTrip();
  expect(agent.calls).toEqual([on]);
});

test('a job that ends before the agent has answered still ends its protection, in that order', async () => {
  agent.mode = 'hang';
  start({ lingerMs: 0, timeoutMs: 100, retryMs: 0 });
  protection.hold()();
  await agent.called(1);
  agent.mode = 'obey';
  await agent.called(2);
  await protection.close();
  expect(agent.calls).toEqual([on, off]);
});

test('a long job is renewed', async () => {
  start({ renewMs: 20 });
  protection.hold();
  expect((await agent.called(4)).slice(0, 4)).toEqual([on, on, on, on]);
});

test('a drain ends the protection while jobs still run, and jobs that begin then change nothing', async () => {
  start();
  protection.hold();
  await agent.called(1);
  await protection.close();
  protection.hold();
  await protection.close();
  expect(agent.calls).toEqual([on, off]);
});

test('a drain of an idle worker sends nothing', async () => {
  start();
  await protection.close();
  expect(agent.calls).toEqual([]);
});

test.each<[AgentMode, string]>([
  ['failure', 'DEPLOYMENT_BLOCKED'],
  ['error', 'AccessDeniedException: not allowed'],
  ['garbage', 'answered 400 in an unknown form'],
  ['hang', 'aborted due to timeout'],
])('an agent in mode %s harms nothing, is tried again and is complained of once', async (mode, problem) => {
  agent.mode = mode;
  const { complaints } = start({ retryMs: 20, timeoutMs: 50 });
  const end = protection.hold();
  await agent.called(3);
  end();
  expect(complaints()).toEqual([{ problem: expect.stringContaining(problem) }]);
  agent.mode = 'obey';
  await protection.close();
  expect(agent.calls.at(-1)).toEqual(off);
});

test('while the agent fails, many short jobs do not mean many calls', async () => {
  agent.mode = 'error';
  start({ lingerMs: 0 });
  for (let job = 0; job < 10; job += 1) {
    const end = protection.hold();
    await agent.roundTrip();
    end();
    await agent.roundTrip();
  }
  expect(agent.calls).toEqual([on]);
});

/** Whether it takes something new. */
const opens = () => protection.untilOpen(new AbortController().signal);

test('a worker that always has a job is unprotected now and then: it takes nothing new, finishes, and goes on after a pause', async () => {
  start({ longestMs: 40, pauseMs: 40 });
  const ends = [protection.hold(), protection.hold()];
  await agent.called(1);
  while (protection.isOpen) await agent.roundTrip();
  const opened = opens();
  ends[0]?.();
  for (let trip = 0; trip < 10; trip += 1) await agent.roundTrip();
  // The other one is protected to its end.
  expect(agent.calls).toEqual([on]);
  ends[1]?.();
  expect(await agent.called(2)).toEqual([on, off]);
  expect(protection.isOpen).toBe(false);
  await opened;
  protection.hold();
  expect(await agent.called(3)).toEqual([on, off, on]);
});

test('a gap between jobs begins the time anew', async () => {
  // All of them together last longer than it may be held, and one of them not nearly so long, on a busy machine either.
  start({ longestMs: 1_000, lingerMs: 0 });
  for (let job = 0; job < 8; job += 1) {
    const end = protection.hold();
    await agent.called(2 * job + 1);
    for (const started = performance.now(); performance.now() - started < 200; ) await agent.roundTrip();
    end();
    await agent.called(2 * job + 2);
    expect(protection.isOpen).toBe(true);
  }
});

test('a deployment that waits for this worker gets it when its job has ended', async () => {
  agent.mode = 'failure';
  start({ blockedPauseMs: 40, retryMs: 0 });
  const end = protection.hold();
  await agent.called(1);
  while (protection.isOpen) await agent.roundTrip();
  const opened = opens();
  agent.mode = 'obey';
  end();
  await opened;
  expect(agent.calls.at(-1)).toEqual(off);
});

test('nobody there: logged once with the reason', async () => {
  const nobody = await AgentEmulator.start();
  const { uri } = nobody;
  await nobody.stop();
  const { complaints } = start({}, uri);
  protection.hold()();
  await protection.close();
  expect(complaints()).toEqual([{ problem: expect.stringContaining('ECONNREFUSED') }]);
});

test('outside ECS nothing is ever sent', async () => {
  const send = vi.spyOn(globalThis, 'fetch');
  protection = new TaskProtection(undefined, makeLog('test', 'silent'), slowClocks);
  protection.hold()();
  await protection.close();
  expect(send).not.toHaveBeenCalled();
  send.mockRestore();
});
