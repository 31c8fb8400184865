/** F42, F43, F61: messages that come twice, late, in the wrong shape, or of what is no job. */

import { writeFile } from 'node:fs/promises';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { until } from '@wavefleet/localstack/waiting.ts';
import { zeros } from '@wavefleet/tests/bring-up/not-audio.ts';
import type { Accepted } from '../rig/load.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { workerOf } from './at-work.ts';
import { type FaultCase, require } from './case.ts';
import { send } from './send.ts';

const sendJob = (rig: Rig, jobId: string) =>
  send(rig, rig.fleet.env.JOBS_QUEUE_URL, JSON.stringify({ v: 1, jobId }));

async function twiceAtOnce(rig: Rig) {
  const jobs = [];
  for (let count = 0; count < rig.jobs; count += 1) {
    const job = await rig.load.submitOne();
    await Promise.all([sendJob(rig, job.jobId), sendJob(rig, job.jobId)]);
    jobs.push(job);
  }
  return { jobs };
}

/** Jobs that fail, and as many that are cancelled, beside those that are completed. */
const ENDED_OTHERWISE = 1;

async function againAfterTheEnd(rig: Rig) {
  const completed = await rig.load.submit(rig.jobs - ENDED_OTHERWISE * 2);
  const failed = await failing(rig);
  const hasEnded = ({ jobId }: Accepted) => rig.history.ended(jobId);
  // FFmpeg is another one for the last of them.
  await Promise.all([...completed, ...failed].map(hasEnded));
  const cancelled = await cancelling(rig);
  const jobs = [...completed, ...failed, ...cancelled];
  await Promise.all(jobs.map(hasEnded));
  const told = async () => {
    await rig.events.drain();
    return jobs.every(({ jobId }) => rig.events.of(jobId).length > 0);
  };
  await until('all are told', told);
  const before = await Promise.all(jobs.map(({ jobId }) => rig.client.jobs.get(jobId)));
  for (const { jobId } of jobs) await Promise.all([sendJob(rig, jobId), sendJob(rig, jobId)]);
  const empty = async () => (await rig.platform.queue.depth(AbortSignal.timeout(5_000))).waiting === 0;
  await until('the repeats are taken', empty);
  const after = await Promise.all(jobs.map(({ jobId }) => rig.client.jobs.get(jobId)));
  require(JSON.stringify(after) === JSON.stringify(before), 'a repeat has changed a job that had ended');
  const statuses = after.map(({ status }) => status);
  for (const [status, count] of [
    ['failed', failed.length],
    ['cancelled', cancelled.length],
  ] as const)
    require(statuses.filter((each) => each === status).length === count, `not ${count} jobs are ${status}`);
  return {
    jobs,
    failures: new Map(failed.map(({ jobId }) => [jobId, 'UNRECOGNISED_FORMAT' as const])),
    cancelled: new Set(cancelled.map(({ jobId }) => jobId)),
  };
}

/** Of what is no audio: once each. */
async function failing(rig: Rig) {
  const path = rig.fleet.file('zeros.wav');
  await writeFile(path, zeros);
  const source = await rig.load.upload(path, 0);
  return await Promise.all(
    Array.from({ length: ENDED_OTHERWISE }, async () => await rig.load.submitOne('flac', source)),
  );
}

/** While FFmpeg is at work. */
async function cancelling(rig: Rig) {
  await rig.ffmpeg.behaves(whileConverting('exec sleep 60'));
  const jobs = await rig.load.submit(ENDED_OTHERWISE);
  await Promise.all(jobs.map(({ jobId }) => workerOf(rig, jobId)));
  for (const { jobId } of jobs) await rig.client.jobs.remove(jobId);
  await rig.ffmpeg.behaves('');
  return jobs;
}

const unreadable = ['not json', '{}', '[]', '{"v":1}', '{"v":1,"jobId":"x"}', '"text"', '{"v":"1"}', 'null'];
const large = JSON.stringify({ v: 1, padding: 'x'.repeat(200_000) });
/** Left for later workers. */
const ofLater = '{"v":99,"jobId":"whatever"}';
const ofNobody = '{"v":1,"jobId":"6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01"}';

async function poisonMessages(rig: Rig) {
  const bodies = [...unreadable, large, ofLater, ofNobody];
  const submitted = rig.load.submit(rig.jobs);
  for (const body of bodies) await send(rig, rig.fleet.env.JOBS_QUEUE_URL, body);
  const jobs = await submitted;
  await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
  const aside = async () =>
    (await rig.platform.queue.deadLetters(AbortSignal.timeout(5_000))) >= unreadable.length + 1;
  await until('the unreadable ones are put aside', aside);
  require((await rig.platform.queue.deadLetters(AbortSignal.timeout(5_000))) ===
    unreadable.length + 1, 'something else was put aside as well');
  // The one that waits for later workers waits for ever here, and so do the others for people.
  for (const QueueUrl of [rig.fleet.env.JOBS_QUEUE_URL, rig.fleet.env.JOBS_DLQ_URL])
    await rig.platform.aws.sqs.send(new PurgeQueueCommand({ QueueUrl }));
  return { jobs };
}

export const messageCases: readonly FaultCase[] = [
  {
    id: 'F42',
    breaks: 'SQS delivers each message three times at once',
    seen: 'nothing',
    how: 'two more messages a job, 20 jobs',
    quick: true,
    run: twiceAtOnce,
  },
  {
    id: 'F43',
    breaks: 'messages come back after their jobs have ended',
    seen: 'nothing',
    how: 'two more messages for each of 18 completed jobs, a failed and a cancelled one; records compared',
    run: againAfterTheEnd,
  },
  {
    id: 'F61',
    breaks: 'messages that nobody can read among good ones',
    seen: 'jobs complete in their first attempt; operators find the nine put aside',
    how: 'nine unreadable bodies, one of a later version, one of no job',
    quick: true,
    run: poisonMessages,
  },
];
