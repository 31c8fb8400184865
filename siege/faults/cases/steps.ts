/** F1–F36: the nine steps of a job that change something outside, each broken in four ways. */
import { type Call, type Step, steps } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { atStep, failing } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import { scaledClocks } from '../rig/clocks.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { type FaultCase, require } from './case.ts';

/** Deaths in one case. */
const KILLS = 2;

interface StepFacts {
  readonly service: 's3' | 'sqs' | 'dynamodb' | 'eventbridge';
  readonly who: 'api' | 'worker';
  readonly words: string;
  /**
   * Attempts that a death just before, and just after, costs: its job, or the one that the worker has begun since, when
   * the call is made beside the next job.
   */
  readonly costs: readonly [before: number, after: number];
}

const facts: Readonly<Record<Step, StepFacts>> = {
  create: { service: 'dynamodb', who: 'api', words: 'the job’s record is made', costs: [0, 0] },
  send: { service: 'sqs', who: 'api', words: 'its message is sent', costs: [0, 0] },
  claim: { service: 'dynamodb', who: 'worker', words: 'a worker claims it', costs: [0, 1] },
  beat: { service: 'dynamodb', who: 'worker', words: 'its lease is renewed', costs: [1, 1] },
  store: { service: 's3', who: 'worker', words: 'its result is stored', costs: [1, 1] },
  complete: { service: 'dynamodb', who: 'worker', words: 'it is completed', costs: [1, 0] },
  announce: { service: 'eventbridge', who: 'worker', words: 'its end is told', costs: [1, 1] },
  clear: { service: 'dynamodb', who: 'worker', words: 'its outbox is cleared', costs: [1, 1] },
  delete: { service: 'sqs', who: 'worker', words: 'its message is deleted', costs: [1, 1] },
};

/** Ten jobs may share one call. */
const inBatches: ReadonlySet<Step> = new Set<Step>(['announce', 'delete']);

/** A conversion long enough for two beats. */
const slowly = whileConverting(`sleep ${(Number(scaledClocks.HEARTBEAT_MS) * 2.2) / 1000}`);

async function prepare(rig: Rig, step: Step): Promise<number> {
  if (step !== 'beat') return rig.jobs;
  await rig.ffmpeg.behaves(slowly);
  // Each takes as long as two beats.
  return rig.jobs / 2;
}

/** Longer than the pause before the first further try of any call, with these clocks. */
const LATE_MS = 500;

function erring(step: Step, kind: 'error' | 'lose-reply' | 'late'): FaultCase['run'] {
  return async (rig) => {
    const { service, who } = facts[step];
    const count = await prepare(rig, step);
    const effect = kind === 'error' ? failing[service] : ({ kind, ms: LATE_MS } as const);
    const fault = rig.proxy.inject({ hits: atStep(step, new RegExp(who)), effect, oncePerJob: true });
    const jobs = await rig.load.submit(count);
    await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
    // What comes after a job's end has its time as well.
    await Promise.race([fault.nth(count), new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
    require(fault.struck.length >=
      count / (inBatches.has(step) ? 10 : 4), `the fault struck ${fault.struck.length} of ${count} jobs`);
    return { jobs };
  };
}

function killing(step: Step, when: 'before' | 'after'): FaultCase['run'] {
  return async (rig) => {
    const { who, costs } = facts[step];
    const count = await prepare(rig, step);
    const fault = rig.proxy.inject({
      hits: firstOfEach(atStep(step, new RegExp(who))),
      effect: { kind: 'hold', when, until: new Promise(() => undefined) },
      times: KILLS,
    });
    const submitted = rig.load.submit(count);
    for (let nth = 1; nth <= KILLS; nth += 1) {
      const { caller } = await fault.nth(nth);
      // The answer to a call that was held behind it is on its way back from the service.
      if (when === 'after') await answered(rig, fault.struck[nth - 1]);
      await rig.kill(caller);
    }
    const jobs = await submitted;
    // One that was begun beside the call of the first dead may be begun again beside that of the second.
    const extraAttempts = KILLS * costs[when === 'before' ? 0 : 1];
    return { jobs, extraAttempts, extraAttemptsOfJob: KILLS };
  };
}

/** No two jobs of one process: the second would die with the first, and its call was never held. */
function firstOfEach(hits: (call: Call) => boolean): (call: Call) => boolean {
  const seen = new Set<string>();
  return (call) => {
    if (!hits(call) || call.jobId === undefined || seen.has(call.jobId)) return false;
    seen.add(call.jobId);
    return true;
  };
}

/** The proxy tells nobody of an answer that it holds, but it counts it. */
async function answered(rig: Rig, call: Call | undefined): Promise<void> {
  if (call !== undefined) await rig.proxy.answered(call);
}

const ways = [
  { words: 'the service fails', how: '%s: its error, once a job', run: (s: Step) => erring(s, 'error') },
  {
    words: 'the answer is lost',
    how: '%s: done, answer dropped, once a job',
    run: (s: Step) => erring(s, 'lose-reply'),
  },
  {
    words: 'the process is killed just before',
    how: '%s: held back, SIGKILL, twice',
    run: (s: Step) => killing(s, 'before'),
  },
  {
    words: 'the process is killed just after',
    how: '%s: done, answer held, SIGKILL, twice',
    run: (s: Step) => killing(s, 'after'),
  },
] as const;

/** A call that its caller gave up, and that is done after the caller's next try of it was. */
export const lateCases: readonly FaultCase[] = steps.map((step) => ({
  id: `late-${step}`,
  breaks: `when ${facts[step].words}, the call is cut off, tried again, and then done once more`,
  seen: 'nothing',
  how: `${step}: connection cut, passed on ${LATE_MS} ms later, once a job`,
  quick: step === 'complete',
  run: erring(step, 'late'),
}));

export const stepCases: readonly FaultCase[] = steps.flatMap((step, stepIndex) =>
  ways.map(({ words, how, run }, wayIndex) => ({
    id: `F${stepIndex * ways.length + wayIndex + 1}`,
    breaks: `when ${facts[step].words}, ${words}`,
    seen: wayIndex < 2 ? 'nothing' : seenOfDeath(step),
    how: how.replace('%s', step),
    quick: (stepIndex + wayIndex) % 4 === 1 && step !== 'beat' && step !== 'announce',
    run: run(step),
  })),
);

function seenOfDeath(step: Step): string {
  if (facts[step].who === 'api') return 'the request breaks off; asked again with its key, it is answered';
  const isLate = step === 'announce' || step === 'clear' || step === 'delete';
  return isLate
    ? 'a job that its worker has begun since takes longer by a lease'
    : 'that job takes longer by a lease';
}
