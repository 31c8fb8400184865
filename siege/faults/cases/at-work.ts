/** Workers at work: who has which job, and one with a long conversion. */
import { resources } from '@wavefleet/contracts/resources.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Call } from '@wavefleet/tests/bring-up/proxy/call.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { require } from './case.ts';

/** Until then a call is held whose process is killed. */
export const never = new Promise<never>(() => undefined);
/** A call of any worker. */
export const byWorker = (operation: string) => (call: Call) =>
  call.operation === operation && call.caller.startsWith('worker');

/** A worker asks for a job: it has none. It asks for drops as well, whatever it does. */
export const isPoll = (call: Call) =>
  byWorker('ReceiveMessage')(call) &&
  call.body?.QueueUrl?.endsWith(`/${resources.queues.jobs.name}`) === true;

/** The worker that has claimed the job. */
export async function workerOf(rig: Rig, jobId: string): Promise<string> {
  return await until(
    'a worker has the job',
    () => rig.history.writesOf(jobId).findLast(({ what }) => what === 'claim')?.caller,
  );
}

/** One long conversion, and the worker that has it; the others are short. */
export async function oneAtWork(rig: Rig, seconds: number) {
  await rig.ffmpeg.behaves(whileConverting(`mark long; exec sleep ${seconds}`));
  const job = await rig.load.submitOne();
  await until('FFmpeg runs', async () => (await rig.ffmpeg.traces('long')) > 0);
  await rig.ffmpeg.behaves('');
  return { job, worker: await workerOf(rig, job.jobId) };
}

/**
 * Another worker at that place, which polls before the one that was there is told to go.
 * @param env settings on top of the rig's.
 */
export async function replaceWorker(rig: Rig, place: number, env: Record<string, string>): Promise<void> {
  const former = rig.fleet.workers[place];
  await rig.fleet.addWorker(env, place);
  require((await former?.stop('SIGTERM')) === 0, 'the exit code of a worker is not 0');
}
