/** F68: no worker is there for a while, and an ECS agent that protects tasks, refuses to, or is not there. */
import { until } from '@wavefleet/localstack/waiting.ts';
import { AgentEmulator, type AgentMode } from '@wavefleet/tests/bring-up/ecs-agent.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { replaceWorker } from './at-work.ts';
import { type FaultCase, require } from './case.ts';

/** What ECS does to a task at work: it waits for a protected one, and stops any other. */
async function scaledIn(rig: Rig, agent: AgentEmulator, mode: AgentMode) {
  agent.mode = mode;
  for (const place of [0, 1]) await replaceWorker(rig, place, { ECS_AGENT_URI: agent.uri });
  const isProtected = mode === 'obey';
  await rig.ffmpeg.behaves(whileConverting(`mark long; ${isProtected ? 'sleep 2' : 'exec sleep 60'}`));
  const job = await rig.load.submitOne();
  await until('FFmpeg runs', async () => (await rig.ffmpeg.traces('long')) > 0);
  await agent.called(1);
  require(agent.calls.every(({ ProtectionEnabled }) => ProtectionEnabled), 'no protection was asked for');
  if (isProtected) {
    await rig.history.ended(job.jobId);
    const isFree = () => agent.calls.at(-1)?.ProtectionEnabled === false;
    await until('the protection is given back', isFree);
  }
  await rig.ffmpeg.behaves('');
  while (rig.fleet.workers.length > 0) await rig.fleet.removeLast();
  const left = await rig.platform.jobs.get(job.jobId);
  if (isProtected) require(left?.status === 'completed', 'a protected job was not completed');
  else require(left?.lease === undefined && left?.crashes === 0, 'the job was not handed back');

  const waiting = await rig.load.submit(rig.jobs - 1);
  const depth = async () => (await rig.platform.queue.depth(AbortSignal.timeout(5_000))).waiting;
  await until('all wait', async () => (await depth()) >= waiting.length);
  for (const { jobId } of waiting)
    require((await rig.platform.jobs.get(jobId))?.status === 'created', 'a job did not wait');
  await Promise.all([rig.fleet.addWorker(), rig.fleet.addWorker()]);
  return { jobs: [job, ...waiting], extraAttempts: isProtected ? 0 : 1 };
}

const withAgent =
  (mode: AgentMode): FaultCase['run'] =>
  async (rig) => {
    const agent = await AgentEmulator.start();
    try {
      return await scaledIn(rig, agent, mode);
    } finally {
      await agent.stop();
    }
  };

/** A task protection API that nobody answers at must not be in the way of anything. */
async function unprotected(rig: Rig) {
  await rig.fleet.addWorker({ ECS_AGENT_URI: 'http://127.0.0.1:1' });
  const jobs = await rig.load.submit(rig.jobs);
  await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
  await rig.fleet.removeLast();
  return { jobs };
}

export const scalingCases: readonly FaultCase[] = [
  {
    id: 'F68a',
    breaks: 'the fleet is scaled to zero and back; the ECS agent protects who is at work',
    seen: 'what is at work is finished, and jobs wait for workers',
    how: 'SIGTERM to both workers once none is protected, then 19 jobs, then new workers',
    run: withAgent('obey'),
  },
  {
    id: 'F68b',
    breaks: 'nobody answers when a worker asks ECS for protection',
    seen: 'nothing',
    how: 'ECS_AGENT_URI of a third worker refuses connections',
    run: unprotected,
  },
  {
    id: 'F68c',
    breaks: 'the fleet is scaled to zero and back; the ECS agent protects nobody',
    seen: 'what is at work is handed back, no crash counted, and jobs wait for workers',
    how: 'an agent that answers DEPLOYMENT_BLOCKED; SIGTERM to both workers in mid-conversion, then as F68a',
    run: withAgent('failure'),
  },
];
