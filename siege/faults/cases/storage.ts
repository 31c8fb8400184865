/** F50, F72: bytes that do not come as they should, and files that are not what they were. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import type { Call } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { atStep, type Effect, failing, throttled } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import { CLIP_SECONDS } from '../rig/load.ts';
import type { Rig } from '../rig/rig.ts';
import { type FaultCase, require } from './case.ts';
import { saidSince } from './logs.ts';

/** A worker's read of a source. */
const isDownload = (call: Call) =>
  call.operation === 'GetObject' && call.caller.startsWith('worker') && call.path.includes('/uploads/');

/** Every second one of an object: the one after it goes well, so that no job needs another attempt. */
function everySecond(hits: (call: Call) => boolean): (call: Call) => boolean {
  const seen = new Map<string, number>();
  return (call) => {
    if (!hits(call)) return false;
    const times = (seen.get(call.path) ?? 0) + 1;
    seen.set(call.path, times);
    return times % 2 === 1;
  };
}

function broken(hits: (call: Call) => boolean, effect: Effect, ofJobs?: number): FaultCase['run'] {
  return async (rig) => {
    const count = ofJobs ?? rig.jobs;
    const fault = rig.proxy.inject({ hits: everySecond(hits), effect });
    // Each of a source of its own: of one that they share, a job could get every second read.
    const jobs = await Promise.all(
      Array.from({ length: count }, async () =>
        rig.load.submitOne('flac', await rig.load.upload(rig.fleet.file('clip.wav'), CLIP_SECONDS)),
      ),
    );
    await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
    require(fault.struck.length >= count / 4, `only ${fault.struck.length} transfers were struck`);
    return { jobs };
  };
}

/** @param spoil does something to the source between the order and the claim. */
function spoilt(code: ErrorCode, spoil: (rig: Rig, key: string) => Promise<unknown>): FaultCase['run'] {
  return async (rig) => {
    const gate = Promise.withResolvers<void>();
    rig.proxy.inject({
      hits: atStep('claim'),
      effect: { kind: 'hold', when: 'before', until: gate.promise },
      times: 2,
    });
    const own = await rig.load.upload(rig.fleet.file('clip.wav'), CLIP_SECONDS);
    const bad = [await rig.load.submitOne('flac', own), await rig.load.submitOne('wav', own)];
    await spoil(rig, `uploads/${own.fileId}.wav`);
    gate.resolve();
    const good = await rig.load.submit(rig.jobs - bad.length);
    return { jobs: [...bad, ...good], failures: new Map(bad.map(({ jobId }) => [jobId, code])) };
  };
}

const overwritten = spoilt('INPUT_CHANGED', (rig, Key) =>
  rig.platform.aws.s3.send(
    new PutObjectCommand({ Bucket: rig.platform.objects.bucket, Key, Body: Buffer.alloc(10_000, 7) }),
  ),
);
const deleted = spoilt('INPUT_MISSING', (rig, key) => rig.platform.objects.remove([key]));

/** Jobs whose source is gone are many, and the breaker of S3 must not open for the others. */
async function missingStorm(rig: Rig) {
  const startedAtMs = Date.now();
  const own = await rig.load.upload(rig.fleet.file('clip.wav'), CLIP_SECONDS);
  const gate = Promise.withResolvers<void>();
  rig.proxy.inject({
    hits: atStep('claim'),
    effect: { kind: 'hold', when: 'before', until: gate.promise },
    times: 2,
  });
  // All at once: a claim that is held for longer than its lease is lost.
  const bad = await Promise.all(Array.from({ length: rig.jobs }, () => rig.load.submitOne('flac', own)));
  await rig.platform.objects.remove([`uploads/${own.fileId}.wav`]);
  gate.resolve();
  const good = await rig.load.submit(rig.jobs);
  await Promise.all([...bad, ...good].map(({ jobId }) => rig.history.ended(jobId)));
  const opened = await saidSince(rig, 'breaker.opened', startedAtMs);
  require(opened.length === 0, `a breaker has opened: ${opened[0]}`);
  const failures = new Map(bad.map(({ jobId }) => [jobId, 'INPUT_MISSING' as const]));
  return { jobs: [...bad, ...good], failures };
}

const transfers = [
  ['F50a', 'S3 fails while sources are read', isDownload, failing.s3],
  ['F50b', 'S3 wants less while sources are read', isDownload, throttled.s3],
  ['F50c', 'the line breaks while sources are read', isDownload, { kind: 'cut', afterBytes: 10_000 }],
  ['F50d', 'a source comes with a wrong byte', isDownload, { kind: 'flip' }],
  ['F50f', 'S3 wants less while results are stored', atStep('store'), throttled.s3],
  ['F50g', 'the line breaks while results are stored', atStep('store'), { kind: 'refuse' }],
] as const satisfies readonly (readonly [string, string, (call: Call) => boolean, Effect])[];

export const storageCases: readonly FaultCase[] = [
  ...transfers.map(
    ([id, breaks, hits, effect]): FaultCase => ({
      id,
      breaks,
      seen: 'nothing',
      how: `${JSON.stringify(effect)} for every second transfer`,
      quick: id === 'F50c',
      run: broken(hits, effect),
    }),
  ),
  {
    id: 'F50e',
    breaks: 'S3 falls silent in the middle',
    seen: 'that job takes longer by 10 s',
    how: 'GetObject taken and never answered, every second one, 4 jobs',
    run: broken(isDownload, { kind: 'hang' }, 4),
  },
  {
    id: 'F71',
    breaks: 'the source of twenty jobs is gone',
    seen: 'those jobs fail with INPUT_MISSING; all others complete in their first attempt',
    how: 'upload deleted between order and claim of 20 jobs, 20 good ones behind them; no log says that a breaker opened',
    run: missingStorm,
  },
  {
    id: 'F72a',
    breaks: 'a source is overwritten after it was ordered',
    seen: 'the job fails with INPUT_CHANGED, without a second attempt',
    how: 'claims held, PutObject over the upload',
    quick: true,
    run: overwritten,
  },
  {
    id: 'F72b',
    breaks: 'a source is deleted after it was ordered',
    seen: 'the job fails with INPUT_MISSING, without a second attempt',
    how: 'claims held, DeleteObject of the upload',
    run: deleted,
  },
];
