/** Workers that freeze, are not heard, or have another clock. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Call } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { atStep } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { oneAtWork } from './at-work.ts';
import type { FaultCase } from './case.ts';

async function frozenWhileConverting(rig: Rig) {
  const { job, worker } = await oneAtWork(rig, 2);
  const frozen = rig.process(worker);
  frozen.process.kill('SIGSTOP');
  const others = await rig.load.submit(rig.jobs - 1);
  await rig.history.ended(job.jobId);
  frozen.process.kill('SIGCONT');
  return { jobs: [job, ...others], extraAttempts: 1 };
}

/** Its last write is on the way while somebody else completes the job. */
async function frozenWhileCommitting(rig: Rig) {
  const gate = Promise.withResolvers<void>();
  const held = rig.proxy.inject({
    hits: atStep('complete'),
    effect: { kind: 'hold', when: 'before', until: gate.promise },
    times: 1,
  });
  const submitted = rig.load.submit(rig.jobs);
  const { caller, jobId = '' } = await held.nth(1);
  const frozen = rig.process(caller);
  frozen.process.kill('SIGSTOP');
  await rig.history.ended(jobId);
  gate.resolve();
  await sleep(500);
  frozen.process.kill('SIGCONT');
  return { jobs: await submitted, extraAttempts: 1 };
}

/** Of the first attempts alone: those that take over are heard. */
async function heartbeatsLost(rig: Rig) {
  await rig.ffmpeg.behaves(whileConverting('mark long; sleep 4'));
  const claims = (jobId: string) => rig.history.writesOf(jobId).filter(({ what }) => what === 'claim').length;
  const isBeat = (call: Call) => call.step === 'beat' || call.operation === 'ChangeMessageVisibility';
  const lost = rig.proxy.inject({
    hits: (call) => isBeat(call) && claims(call.jobId ?? '') < 2,
    effect: { kind: 'refuse' },
  });
  const first = await rig.load.submit(2);
  await until('both are taken over', () => first.every(({ jobId }) => claims(jobId) > 1), 60_000);
  await rig.ffmpeg.behaves('');
  lost.end();
  const others = await rig.load.submit(rig.jobs - 2);
  return { jobs: [...first, ...others], extraAttempts: 2 };
}

async function otherClock(rig: Rig, skewMs: number) {
  await rig.fleet.addWorker(skewedClock(skewMs));
  const jobs = await rig.load.submit(rig.jobs);
  await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
  await rig.fleet.removeLast();
  // A sweep of the odd one takes for overdue what the others are at: one each, and few sweeps are in the time of a case.
  return { jobs, extraAttempts: rig.slots * 2, model: { clocksDiffer: true } };
}

/** Settings of a process whose wall clock is off by so much: Date, by which leases are written, and nothing else. */
function skewedClock(ms: number): Record<string, string> {
  const source = `const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) { given.length === 0 ? super(Real.now() + ${ms}) : super(...given); }
      static now() { return Real.now() + ${ms}; }
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` };
}

export const frozenWorkerCases: readonly FaultCase[] = [
  {
    id: 'F41a',
    breaks: 'a worker freezes in mid-conversion past its lease',
    seen: 'that job takes longer by a lease',
    how: 'SIGSTOP until another has completed the job, SIGCONT',
    run: frozenWhileConverting,
  },
  {
    id: 'F41b',
    breaks: 'a worker freezes with its last write on the way',
    seen: 'that job takes longer by a lease',
    how: 'completing update held and SIGSTOP until another has completed the job',
    quick: true,
    run: frozenWhileCommitting,
  },
  {
    id: 'F44',
    breaks: 'no heartbeat gets through for longer than a lease',
    seen: 'those jobs take longer',
    how: 'beats and ChangeMessageVisibility refused while FFmpeg takes 4 s',
    run: heartbeatsLost,
  },
  {
    id: 'F60a',
    breaks: 'a worker whose clock is 10 min fast',
    seen: 'jobs complete, some of them in a further attempt',
    how: 'Date moved in one of three workers',
    run: (rig) => otherClock(rig, 600_000),
  },
  {
    id: 'F60b',
    breaks: 'a worker whose clock is 10 min slow',
    seen: 'jobs complete, some of them in a further attempt',
    how: 'Date moved in one of three workers',
    run: (rig) => otherClock(rig, -600_000),
  },
];
