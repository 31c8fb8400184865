/** F48, F49, F51, F64, F65, F69: what users do and see while something is wrong. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '@wavefleet/client/problem.ts';
import { submittedSchema } from '@wavefleet/contracts/http.ts';
import { atStep, throttled, toService } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import { callRates, inWords } from '../rig/call-rates.ts';
import type { Accepted } from '../rig/load.ts';
import type { Rig } from '../rig/rig.ts';
import { orderOnce } from './asking.ts';
import { type FaultCase, require } from './case.ts';

/** The user never asks again: what was stored must be done all the same. */
async function apiKilledBeforeSending(rig: Rig) {
  const others = await rig.load.submit(rig.jobs / 2);
  const held = rig.proxy.inject({
    hits: atStep('send', /api/),
    effect: { kind: 'hold', when: 'before', until: new Promise(() => undefined) },
    times: 1,
  });
  const asked = orderOnce(rig).catch(() => undefined);
  const { jobId = '' } = await held.nth(1);
  await rig.kill('api');
  await asked;
  return { jobs: [...others, rig.load.accepted(jobId)] };
}

async function fiftyAtOnce(rig: Rig) {
  rig.proxy.inject({ hits: toService('dynamodb'), effect: throttled.dynamodb, share: 0.3 });
  const key = randomUUID();
  const [others, answers] = await Promise.all([
    rig.load.submit(rig.jobs / 2),
    Promise.all(Array.from({ length: 50 }, () => orderOnce(rig, key))),
  ]);
  const taken = answers.filter(({ status }) => status === 202);
  require(taken.length > 0, 'nobody got the job');
  const known = [202, 429, 503];
  const odd = answers.find(({ status }) => !known.includes(status));
  require(odd === undefined, `an answer had the status ${odd?.status}`);
  const ids = new Set<string>();
  for (const answer of taken) ids.add(submittedSchema.parse(await answer.json()).jobId);
  require(ids.size === 1, `one key made ${ids.size} jobs`);
  return {
    jobs: [...others, ...[...ids].map((jobId) => rig.load.accepted(jobId))],
    extraAttempts: 2,
  };
}

/** Of a request whose first call is refused, tried again and given up. */
const ANSWERED_WITHIN_MS = 5_000;

/** Nothing is accepted that is not stored, and the answer comes soon and says when to ask again. */
async function refusedWithoutRecords(rig: Rig) {
  const first = await rig.load.submit(rig.jobs);
  await Promise.all(first.map(({ jobId }) => rig.history.ended(jobId)));
  const away = rig.proxy.inject({ hits: toService('dynamodb'), effect: { kind: 'refuse' } });
  for (let count = 0; count < 5; count += 1) {
    const startedAtMs = performance.now();
    const answer = await orderOnce(rig);
    const ms = performance.now() - startedAtMs;
    require(answer.status === 503, `the answer was ${answer.status}`);
    require(answer.headers.has('retry-after'), 'the answer does not say when to come back');
    require(ms < ANSWERED_WITHIN_MS, `the answer took ${Math.round(ms)} ms`);
  }
  away.end();
  return { jobs: first };
}

/** Calls of a process to a service that is away. */
const MOST_CALLS_A_SECOND = 2;

/** From so long on, and then for so long, calls are counted. */
const BREAKERS_OPEN_MS = 15_000;
const COUNTED_SECONDS = 45;

/** Long enough for breakers to open, and then for a minute: nobody may storm what is not there, whatever users ask. */
function noStorm(service: 'sqs' | 's3' | 'dynamodb' | 'eventbridge'): FaultCase['run'] {
  return async (rig) => {
    const over = new AbortController();
    const first = await rig.load.submit(rig.jobs / 2);
    const users = [rig.load.watch(first, over.signal)];
    const away = rig.proxy.inject({ hits: toService(service), effect: { kind: 'refuse' } });
    try {
      const later = service === 'dynamodb' ? [] : await rig.load.submit(rig.jobs / 2);
      users.push(rig.load.watch(later, over.signal));
      await sleep(BREAKERS_OPEN_MS);
      const names = ['api', ...rig.fleet.workers.map(({ name }) => name)];
      const rates = await callRates(rig.proxy, service, names, COUNTED_SECONDS);
      away.end();
      const figures = rates.map(inWords);
      require(rates.every(({ calls }) => calls <= MOST_CALLS_A_SECOND * COUNTED_SECONDS), figures.join(', '));
      // What was at work, and without S3 what was received before a gate was shut.
      const extraAttempts = service === 's3' ? rig.slots * 2 : rig.slots;
      return { jobs: [...first, ...later], extraAttempts, figures };
    } finally {
      over.abort();
      await Promise.all(users);
    }
  };
}

async function partlyRefusedEvents(rig: Rig) {
  const refusing = (answer: string) => {
    const { Entries } = JSON.parse(answer) as { Entries: unknown[] };
    const [, ...rest] = Entries;
    const refused = { ErrorCode: 'InternalFailure', ErrorMessage: 'try again' };
    return JSON.stringify({ FailedEntryCount: 1, Entries: [refused, ...rest] });
  };
  const fault = rig.proxy.inject({
    hits: atStep('announce'),
    effect: { kind: 'answer', body: refusing },
    oncePerJob: true,
  });
  const jobs = await rig.load.submit(rig.jobs);
  await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
  require(fault.struck.length > 0, 'no event was refused');
  return { jobs };
}

/** Who asks to cancel a job that has just ended deletes it: those that are still there. */
async function left(rig: Rig, all: readonly Accepted[]): Promise<Accepted[]> {
  const jobs: Accepted[] = [];
  for (const job of all) if ((await rig.platform.jobs.get(job.jobId)) !== undefined) jobs.push(job);
  return jobs;
}

/** A cancellation in any moment: of what waits, of what is at work, and in the moment of completion. */
async function cancelledAnyTime(rig: Rig) {
  const jobs = await rig.load.submit(rig.jobs * 2);
  const cancelled = new Set(jobs.map(({ jobId }) => jobId));
  const cancel = async (jobId: string) => {
    await sleep(Math.random() * 6_000);
    const { status } = await rig.client.progress.get(jobId);
    if (status !== 'created' && status !== 'processing') return;
    await rig.client.jobs.remove(jobId).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
    });
  };
  await Promise.all(jobs.filter((_, index) => index % 2 === 0).map(({ jobId }) => cancel(jobId)));
  return { jobs: await left(rig, jobs), cancelled };
}

/** The cancellation and the completing update wait at the same gate. */
async function cancelRacesCompletion(rig: Rig) {
  const jobs: Accepted[] = [];
  const cancelled = new Set<string>();
  for (let round = 0; round < rig.jobs; round += 1) {
    const gate = Promise.withResolvers<void>();
    const effect = { kind: 'hold', when: 'before', until: gate.promise } as const;
    const completion = rig.proxy.inject({ hits: atStep('complete'), effect, times: 1 });
    const job = await rig.load.submitOne();
    const { jobId = '' } = await completion.nth(1);
    const removal = rig.client.jobs.remove(jobId).catch(() => undefined);
    await sleep(Math.random() * 12);
    gate.resolve();
    await removal;
    completion.end();
    jobs.push(job);
    cancelled.add(job.jobId);
    await rig.history.ended(job.jobId);
  }
  return { jobs: await left(rig, jobs), cancelled };
}

async function everythingHangs(rig: Rig) {
  const first = await rig.load.submit(rig.jobs / 2);
  const all = toService('s3', 'sqs', 'dynamodb', 'eventbridge');
  const hanging = rig.proxy.inject({ hits: all, effect: { kind: 'hang' } });
  rig.redis.freeze();
  const later = rig.load.submit(rig.jobs / 2);
  later.catch(() => undefined);
  await sleep(60_000);
  hanging.end();
  await rig.redis.open();
  return { jobs: [...first, ...(await later)], extraAttempts: rig.slots * 2, endWithinMs: 60_000 };
}

const storms = [
  ['F49a', 'sqs', 'jobs are accepted and begin later'],
  ['F49b', 's3', 'jobs end later'],
  ['F49c', 'dynamodb', 'new jobs are refused with 503; accepted ones end later'],
  ['F49d', 'eventbridge', 'events come later'],
] as const;

export const requestCases: readonly FaultCase[] = [
  {
    id: 'F48',
    breaks: 'no record can be written',
    seen: `503 with Retry-After, within ${ANSWERED_WITHIN_MS / 1000} s`,
    how: 'DynamoDB refused, five orders one after the other',
    quick: true,
    run: refusedWithoutRecords,
  },
  ...storms.map(
    ([id, service, seen]): FaultCase => ({
      id,
      breaks: `${service} is away for a minute, and nobody may storm it`,
      seen,
      how: `refused for 60 s of real time; from the 15th on at most ${MOST_CALLS_A_SECOND} calls a second and process`,
      run: noStorm(service),
    }),
  ),
  {
    id: 'F51',
    breaks: 'EventBridge refuses single events of a batch',
    seen: 'those events come later',
    how: 'FailedEntryCount 1 in the answer, once a job',
    quick: true,
    run: partlyRefusedEvents,
  },
  {
    id: 'F64',
    breaks: 'the API dies between record and message, and the user never asks again',
    seen: 'the request breaks off; the job is done',
    how: 'SendMessage held, SIGKILL',
    run: apiKilledBeforeSending,
  },
  {
    id: 'F65',
    breaks: 'fifty orders with one key at once, while DynamoDB refuses 30 % of all calls',
    seen: 'one job',
    how: '50 POSTs with one Idempotency-Key',
    run: fiftyAtOnce,
  },
  {
    id: 'F69a',
    breaks: 'jobs are cancelled in any moment',
    seen: 'cancelled, or completed before',
    how: '20 of 40 jobs cancelled after a random time',
    run: cancelledAnyTime,
  },
  {
    id: 'F69b',
    breaks: 'a job is cancelled in the moment of its completion',
    seen: 'one of the two',
    how: 'the completing update held until the cancellation is on its way, 20 times',
    run: cancelRacesCompletion,
  },
  {
    id: 'F70',
    breaks: 'everything hangs for 60 s of real time',
    seen: 'everything takes longer by that; the last job ends within 60 s after it, beside the time that jobs take',
    how: 'every call taken and never answered, Redis frozen',
    run: everythingHangs,
  },
];
